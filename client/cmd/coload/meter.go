package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
)

// meter reads what processes have used of the machine, from Linux's /proc.
type meter struct {
	names  []string
	pids   []int
	before []float64
}

// startMeter begins to measure the processes that the flags name.
func (l *load) startMeter() (*meter, error) {
	m := &meter{}
	for _, process := range []struct {
		name string
		pid  int
	}{{"server", l.ServerPID}, {"database", l.DatabasePID}} {
		if process.pid == 0 {
			continue
		}
		used, err := cpuSeconds(process.pid)
		if err != nil {
			return nil, err
		}
		m.names, m.pids, m.before = append(m.names, process.name), append(m.pids, process.pid), append(m.before, used)
	}
	return m, nil
}

// report prints the processor time that so many edits took, for 100,000 of them.
func (m *meter) report(out io.Writer, edits int) error {
	for i, pid := range m.pids {
		used, err := cpuSeconds(pid)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "CPU seconds of the %s per 100,000 edits: %.2f\n", m.names[i], (used-m.before[i])*100_000/float64(max(edits, 1)))
	}
	return nil
}

// ticksPerSecond is in what the kernel counts processor time for programs.
const ticksPerSecond = 100

// cpuSeconds is what a process and its children have used, those that have ended too.
func cpuSeconds(pid int) (float64, error) {
	ticks, err := cpuTicks(pid)
	if err != nil {
		return 0, err
	}
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return 0, err
	}
	for _, folder := range all {
		child, _ := strconv.Atoi(filepath.Base(folder))
		if fields, err := statFields(child); err == nil && string(fields[1]) == strconv.Itoa(pid) {
			used, _ := cpuTicks(child) // it may have ended since
			ticks += used
		}
	}
	return float64(ticks) / ticksPerSecond, nil
}

func cpuTicks(pid int) (ticks int, err error) {
	fields, err := statFields(pid)
	if err != nil {
		return 0, err
	}
	for _, field := range fields[11:15] { // its own and its ended children's, in user and kernel mode
		n, err := strconv.Atoi(string(field))
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return ticks, nil
}

// statFields are the fields of /proc/PID/stat from the state on: the parent is the next.
func statFields(pid int) ([][]byte, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil, err
	}
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 15 {
		return nil, fmt.Errorf("/proc/%d/stat has %d fields", pid, len(fields))
	}
	return fields, nil
}

// residentKB is the memory of a process.
func residentKB(pid int) (int, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	_, after, _ := bytes.Cut(status, []byte("VmRSS:"))
	fields := bytes.Fields(after)
	if len(fields) == 0 {
		return 0, fmt.Errorf("/proc/%d/status has no VmRSS", pid)
	}
	return strconv.Atoi(string(fields[0]))
}

// memory is what a server holds. What is resident says little: a heap that has grown once, to make documents for example, is filled
// again before it grows further.
type memory struct{ heapKB, stacksKB, residentKB int }

// memory has the server collect its garbage, as often as it takes for stacks to shrink, which they do by half each time, and reads
// what is left.
func (l *load) memory(ctx context.Context) (m memory, err error) {
	defer http.DefaultClient.CloseIdleConnections()
	for range 4 {
		if m, err = l.collect(ctx); err != nil {
			break
		}
	}
	return m, err
}

func (l *load) collect(ctx context.Context) (m memory, err error) {
	const page = "/debug/pprof/heap?gc=1&debug=1"
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, l.Metrics+page, nil)
	if err != nil {
		return m, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return m, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return m, err
	}
	bytesAt := func(name string) int {
		_, after, _ := bytes.Cut(text, []byte("\n# "+name+" = "))
		n := 0
		for ; len(after) > 0 && after[0] >= '0' && after[0] <= '9'; after = after[1:] {
			n = 10*n + int(after[0]-'0')
		}
		return n
	}
	m.heapKB, m.stacksKB = bytesAt("HeapAlloc")/1024, bytesAt("Stack")/1024
	if m.heapKB == 0 || m.stacksKB == 0 {
		return m, fmt.Errorf("%s%s does not say how large the heap is: %s", l.Metrics, page, response.Status)
	}
	m.residentKB, err = residentKB(l.ServerPID)
	return m, err
}
