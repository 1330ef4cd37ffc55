package ottest

import (
	"os"
	"strconv"
	"testing"
)

// seeds is how many the simulation runs unless COSCRIBE_SIM_SEEDS says
// otherwise. COSCRIBE_SIM_SEED runs one.
const seeds = 2000

func TestReplicasConverge(t *testing.T) {
	first, count := uint64(1), uint64(number(t, "COSCRIBE_SIM_SEEDS", seeds))
	if seed := number(t, "COSCRIBE_SIM_SEED", 0); seed > 0 {
		first, count = uint64(seed), 1
	}
	for seed := first; seed < first+count; seed++ {
		if err := simulate(seed, noBug); err != nil {
			t.Fatalf("seed %d (COSCRIBE_SIM_SEED=%d replays it): %v", seed, seed, err)
		}
	}
}

// TestSimulationNoticesBugs shows that the oracles see: with a bug switched
// on, some seed goes wrong.
func TestSimulationNoticesBugs(t *testing.T) {
	for name, bug := range bugs {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(seeds) {
				if err := simulate(seed+1, bug); err != nil {
					t.Logf("seed %d: %v", seed+1, err)
					return
				}
			}
			t.Errorf("%d seeds, and nothing was noticed", seeds)
		})
	}
}

func number(t *testing.T, variable string, otherwise int) int {
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s=%q: not a number from 1 on", variable, text)
	}
	return n
}
