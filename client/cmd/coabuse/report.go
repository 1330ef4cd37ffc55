package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// result is what came of one attack.
type result struct {
	Rows     string   `json:"rows"` // of the table of controls
	Attack   string   `json:"attack"`
	Tries    int      `json:"tries"`
	Happened []string `json:"happened"`
	Broken   []string `json:"broken,omitempty"` // what did not hold
	Verdict  string   `json:"verdict"`
	Seconds  float64  `json:"seconds"`
}

// The verdicts.
const (
	held    = "held"
	broken  = "BROKEN"
	untried = "not tried"
)

// report is what came of all.
type report struct {
	Held    bool     `json:"held"`
	Tries   int      `json:"tries"`
	Results []result `json:"results"`
}

func newReport(results []result) *report {
	r := &report{Held: true, Results: results}
	for _, result := range results {
		r.Tries += result.Tries
		r.Held = r.Held && result.Verdict != broken
	}
	return r
}

func (r *report) writeJSON(out io.Writer) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "\t")
	return encoder.Encode(r)
}

// widest is how much of what happened fits in a line of the table.
const widest = 90

func (r *report) write(out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ROW\tATTACK\tTRIES\tWHAT HAPPENED\t")
	count := map[string]int{}
	for _, result := range r.Results {
		count[result.Verdict]++
		happened := strings.Join(result.Happened, ", ")
		if runes := []rune(happened); len(runes) > widest {
			happened = string(runes[:widest-1]) + "…"
		}
		fmt.Fprintf(table, "%s\t%s\t%d\t%s\t%s\n", result.Rows, result.Attack, result.Tries, happened, result.Verdict)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, result := range r.Results {
		for _, what := range result.Broken {
			fmt.Fprintf(out, "BROKEN  %s: %s\n", result.Attack, what)
		}
	}
	_, err := fmt.Fprintf(out, "%d attacks, %d tries: %d held, %d BROKEN, %d not tried\n",
		len(r.Results), r.Tries, count[held], count[broken], count[untried])
	return err
}

// list prints what there is to run.
func list(out io.Writer, chosen []attack) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, a := range chosen {
		fmt.Fprintf(table, "%s\t%s\n", a.rows, a.name)
	}
	table.Flush()
}
