package db

import (
	"database/sql"
	"fmt"
	"reflect"
)

// assign stores a column value (int64, float64, bool, string or []byte, nil)
// in a variable. It is strict: a value that does not fit is an error, never
// cut, and text does not become a number.
func assign(dest, src any) error {
	switch d := dest.(type) {
	case *int64:
		if v, ok := src.(int64); ok {
			*d = v
			return nil
		}
	case *string:
		switch v := src.(type) {
		case string:
			*d = v
			return nil
		case []byte:
			*d = string(v)
			return nil
		}
	case *bool:
		return assignBool(d, src)
	case *[]byte:
		return assignBytes(d, src)
	case *any:
		*d = src
		return nil
	case sql.Scanner:
		return d.Scan(src)
	}
	return assignReflect(reflect.ValueOf(dest), src)
}

func assignBool(dest *bool, src any) error {
	switch v := src.(type) {
	case bool:
		*dest = v
		return nil
	case int64:
		if v == 0 || v == 1 {
			*dest = v == 1
			return nil
		}
	}
	return misfit(dest, src)
}

func assignBytes(dest *[]byte, src any) error {
	switch v := src.(type) {
	case nil:
		*dest = nil
	case []byte:
		*dest = append([]byte{}, v...)
	case string:
		*dest = []byte(v)
	default:
		return misfit(dest, src)
	}
	return nil
}

func assignReflect(dest reflect.Value, src any) error {
	if dest.Kind() != reflect.Pointer || dest.IsNil() {
		return fmt.Errorf("db: scan into %T, which is no pointer", dest.Interface())
	}
	to := dest.Elem()
	switch to.Kind() {
	case reflect.Pointer:
		if src == nil {
			to.SetZero()
			return nil
		}
		fresh := reflect.New(to.Type().Elem())
		if err := assign(fresh.Interface(), src); err != nil {
			return err
		}
		to.Set(fresh)
		return nil
	case reflect.Slice:
		if to.Type().Elem().Kind() == reflect.Uint8 {
			var b []byte
			if err := assignBytes(&b, src); err != nil {
				return err
			}
			to.SetBytes(b)
			return nil
		}
	}
	if !assignBasic(to, src) {
		return misfit(dest.Interface(), src)
	}
	return nil
}

// assignBasic sets numbers, text and truth values of any named type.
func assignBasic(to reflect.Value, src any) bool {
	switch v := src.(type) {
	case int64:
		switch {
		case to.CanInt() && !to.OverflowInt(v):
			to.SetInt(v)
		case to.CanUint() && v >= 0 && !to.OverflowUint(uint64(v)):
			to.SetUint(uint64(v))
		case to.CanFloat():
			to.SetFloat(float64(v))
		case to.Kind() == reflect.Bool && (v == 0 || v == 1):
			to.SetBool(v == 1)
		default:
			return false
		}
		return true
	case float64:
		if to.CanFloat() {
			to.SetFloat(v)
			return true
		}
	case bool:
		if to.Kind() == reflect.Bool {
			to.SetBool(v)
			return true
		}
	case string:
		if to.Kind() == reflect.String {
			to.SetString(v)
			return true
		}
	case []byte:
		if to.Kind() == reflect.String {
			to.SetString(string(v))
			return true
		}
	}
	return false
}

func misfit(dest, src any) error {
	if src == nil {
		return fmt.Errorf("db: NULL does not fit %T", dest)
	}
	return fmt.Errorf("db: %T does not fit %T", src, dest)
}
