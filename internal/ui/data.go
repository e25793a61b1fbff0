package ui

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"xinqiao/internal/platform/i18n"
)

// sparkline maps points to a 100 × 28 box with 2 units of margin.
func sparkline(points []float64) string {
	low, high := slices.Min(points), slices.Max(points)
	span := high - low
	if span == 0 {
		span = 1
	}
	var b strings.Builder
	for i, p := range points {
		x := 100 * float64(i) / float64(len(points)-1)
		fmt.Fprintf(&b, "%.1f,%.1f ", x, 26-24*(p-low)/span)
	}
	return strings.TrimSpace(b.String())
}

// chartJSON is what web/src/chart.ts reads.
type chartJSON struct {
	Labels []string `json:"labels"`
	Series []Series `json:"series"`
	Unit   string   `json:"unit"`
}

func chartData(p ChartProps) chartJSON { return chartJSON{p.Labels, p.Series, p.Unit} }

func point(ctx context.Context, s Series, i int) string {
	if i >= len(s.Points) || s.Points[i] == nil {
		return i18n.T(ctx, "ui.too_few")
	}
	return strconv.FormatFloat(*s.Points[i], 'f', -1, 64)
}
