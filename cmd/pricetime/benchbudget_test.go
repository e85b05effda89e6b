package main

import (
	"encoding/json"
	"strings"
	"testing"

	"pricetime/gateway/stamps"
)

// An ordinary build says how to make one with stamps; that one tells the stages.
func TestStampsAreToldStageByStage(t *testing.T) {
	if !stamps.Enabled {
		var out, errs strings.Builder
		if status := run([]string{"bench", "budget"}, nil, &out, &errs); status != exitUsage || !strings.Contains(errs.String(), "-tags stamps") {
			t.Errorf("status %d: %s", status, errs.String())
		}
		return
	}
	got := pricetime(t, "", "bench", "budget", "--duration", "400ms", "--resting", "200", "--json")
	var r struct {
		Stages []struct {
			P50   int64   `json:"p50"`
			Share float64 `json:"share"`
		} `json:"stages"`
		Order, Floor struct{ P50 int64 }
		Orders       int `json:"orders"`
	}
	if err := json.Unmarshal([]byte(got.stdout), &r); err != nil || got.status != exitOK {
		t.Fatalf("%v: %+v", err, got)
	}
	share := 0.0
	for _, s := range r.Stages {
		share += s.Share
	}
	if len(r.Stages) != 10 || share < 0.999 || share > 1.001 || r.Orders < 100 || r.Order.P50 <= 0 || r.Floor.P50 <= 0 {
		t.Errorf("the shares of %d stages add up to %.4f: %s", len(r.Stages), share, got.stdout)
	}
}
