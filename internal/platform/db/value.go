package db

import (
	"database/sql/driver"
	"fmt"
	"reflect"
	"time"
)

// Time is a point in time as both databases keep it: microseconds since 1970,
// UTC, in a BIGINT. Zero (or NULL) is "not yet" and maps to the zero
// time.Time.
type Time int64

// At converts for writing.
func At(t time.Time) Time {
	if t.IsZero() {
		return 0
	}
	return Time(t.UnixMicro())
}

// Std converts back, in UTC.
func (t Time) Std() time.Time {
	if t == 0 {
		return time.Time{}
	}
	return time.UnixMicro(int64(t)).UTC()
}

// Scan implements sql.Scanner; NULL is zero.
func (t *Time) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*t = 0
	case int64:
		*t = Time(v)
	default:
		return fmt.Errorf("db: a time column holds %T, not microseconds", src)
	}
	return nil
}

// JSON is the text of a JSON column; the bytes come back as they were given.
type JSON []byte

// Scan implements sql.Scanner; NULL is nil.
func (j *JSON) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*j = nil
	case string:
		*j = JSON(v)
	case []byte:
		*j = append(JSON(nil), v...)
	default:
		return fmt.Errorf("db: a JSON column holds %T", src)
	}
	return nil
}

// Value implements driver.Valuer.
func (j JSON) Value() (driver.Value, error) {
	if j == nil {
		return nil, nil
	}
	return string(j), nil
}

// OrNull turns the zero value into NULL, for optional references.
func OrNull[T comparable](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	return v
}

// Null scans a nullable column into a plain variable, NULL as its zero value.
func Null[T any](dest *T) any { return &nullable[T]{dest} }

type nullable[T any] struct{ dest *T }

// Scan implements sql.Scanner.
func (n *nullable[T]) Scan(src any) error {
	if src == nil {
		var zero T
		*n.dest = zero
		return nil
	}
	return assign(n.dest, src)
}

// plain turns arguments into the few types that both drivers take alike:
// int64, float64, bool, string, []byte and nil.
func plain(args []any) ([]any, error) {
	out := make([]any, len(args))
	for i, a := range args {
		v, err := plainValue(a)
		if err != nil {
			return nil, fmt.Errorf("db: argument $%d: %w", i+1, err)
		}
		out[i] = v
	}
	return out, nil
}

func plainValue(a any) (any, error) {
	switch v := a.(type) {
	case nil, int64, string, bool, float64, []byte:
		return v, nil
	case int:
		return int64(v), nil
	case Time:
		return int64(v), nil
	case JSON:
		if v == nil {
			return nil, nil
		}
		return string(v), nil
	case time.Time:
		return nil, fmt.Errorf("time.Time is kept differently by the databases, use db.At")
	case driver.Valuer:
		value, err := v.Value()
		if err != nil {
			return nil, err
		}
		if _, again := value.(driver.Valuer); again {
			return nil, fmt.Errorf("%T gives another Valuer", a)
		}
		return plainValue(value)
	}
	return plainReflect(reflect.ValueOf(a))
}

func plainReflect(v reflect.Value) (any, error) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil, nil
		}
		return plainValue(v.Elem().Interface())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int(), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if u := v.Uint(); u <= 1<<63-1 {
			return int64(u), nil
		}
		return nil, fmt.Errorf("%d does not fit a BIGINT", v.Uint())
	case reflect.Float32, reflect.Float64:
		return v.Float(), nil
	case reflect.Bool:
		return v.Bool(), nil
	case reflect.String:
		return v.String(), nil
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return v.Bytes(), nil
		}
	}
	return nil, fmt.Errorf("%s is no column value", v.Type())
}
