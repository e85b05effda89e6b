package jsonl

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"pricetime/engine"
)

func TestParseTime(t *testing.T) {
	for text, want := range map[string]struct {
		at    engine.Time
		fault timeFault
	}{
		"1970-01-01T00:00:00Z":                {0, timeOK},
		"1970-01-01T00:00:00.000000001Z":      {1, timeOK},
		"1969-12-31T23:59:59.9Z":              {-100_000_000, timeOK},
		"2023-11-14T22:13:20.0420000000000Z":  {1_700_000_000_042_000_000, timeOK},
		"2023-11-15T07:43:20+09:30":           {1_700_000_000_000_000_000, timeOK},
		"2024-02-29T00:00:00-00:00":           {1_709_164_800_000_000_000, timeOK},
		"2262-04-11T23:47:16.854775807Z":      {math.MaxInt64, timeOK},
		"2262-04-11T23:47:16.854775808Z":      {0, timeRange},
		"9999-12-31T23:59:59Z":                {0, timeRange},
		"1677-09-21T00:12:43.145224192Z":      {math.MinInt64, timeOK},
		"1677-09-21T00:12:43.145224191Z":      {0, timeRange},
		"0000-01-01T00:00:00Z":                {0, timeRange},
		"2030-01-01T00:00:00.0000000001Z":     {0, timeTooFine},
		"":                                    {0, timeMalformed},
		"2030-01-01":                          {0, timeMalformed},
		"2030-01-01T00:00:00":                 {0, timeMalformed},
		"2030-01-01T00:00:00z":                {0, timeMalformed},
		"2030-01-01t00:00:00Z":                {0, timeMalformed},
		"2030-01-01T00:00:60Z":                {0, timeMalformed},
		"2030-01-01T24:00:00Z":                {0, timeMalformed},
		"2030-02-29T00:00:00Z":                {0, timeMalformed},
		"2100-02-29T00:00:00Z":                {0, timeMalformed},
		"2030-04-31T00:00:00Z":                {0, timeMalformed},
		"2030-13-01T00:00:00Z":                {0, timeMalformed},
		"2030-00-01T00:00:00Z":                {0, timeMalformed},
		"2030-01-00T00:00:00Z":                {0, timeMalformed},
		"2030-01-01T00:00:00.Z":               {0, timeMalformed},
		"2030-01-01T00:00:00,5Z":              {0, timeMalformed},
		"2030-01-01T00:00:00+0100":            {0, timeMalformed},
		"2030-01-01T00:00:00+24:00":           {0, timeMalformed},
		"2030-01-01T00:00:00Z ":               {0, timeMalformed},
		"+2030-01-01T00:00:00Z":               {0, timeMalformed},
		"2030-1-01T00:00:00Z":                 {0, timeMalformed},
		"2030-01-01T00:00:00.0000000001Z0":    {0, timeMalformed},
		"2030-01-01T00:00:00.000000000+01:0Z": {0, timeMalformed},
	} {
		if at, fault := parseTime([]byte(text)); at != want.at || fault != want.fault {
			t.Errorf("%q is %d, fault %d; want %d, %d", text, at, fault, want.at, want.fault)
		}
	}
}

// What package time writes reads as it was, in any zone; every day of 800 years has its number.
func TestParseTimeAgreesWithTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.Int64().Draw(t, "at")
		zone := time.FixedZone("", 60*rapid.IntRange(-23*60, 23*60).Draw(t, "zone"))
		text := time.Unix(0, at).In(zone).Format(time.RFC3339Nano)
		if got, fault := parseTime([]byte(text)); int64(got) != at || fault != timeOK {
			t.Fatalf("%s is %d, fault %d; want %d", text, got, fault, at)
		}
	})
	for day := int64(-150_000); day < 150_000; day++ {
		if year, month, dayOfMonth := civil(day); dayOf(year, month, dayOfMonth) != day || dayOfMonth > daysOf(year, month) {
			t.Fatalf("day %d is %d-%d-%d, which is day %d", day, year, month, dayOfMonth, dayOf(year, month, dayOfMonth))
		}
	}
}
