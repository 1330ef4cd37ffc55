package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

// line is a connection on which an attacker writes bytes of its choice.
type line struct {
	net.Conn
	stage *stage
	reads *bufio.Reader
}

func (s *stage) line(ctx context.Context, from netip.Addr) (*line, error) {
	conn, err := s.dial(ctx, from)
	if err != nil {
		return nil, err
	}
	return &line{conn, s, bufio.NewReader(conn)}, nil
}

// put writes bytes. That the server has hung up is seen when reading.
func (l *line) put(data ...[]byte) {
	_ = l.SetWriteDeadline(time.Now().Add(patience))
	for _, part := range data {
		_, _ = l.Write(part)
	}
}

// answer is an HTTP answer. What happened is its String.
type answer struct {
	status int
	code   string // of a problem
	header http.Header
	body   string
	err    error // why there is none
}

// String is as in "403 origin", or "cut" for a connection that ended instead, or "silence".
func (a answer) String() string {
	switch {
	case a.err == nil:
		return strings.TrimSpace(fmt.Sprintf("%d %s", a.status, a.code))
	case isTimeout(a.err):
		return "silence"
	}
	return "cut"
}

func isTimeout(err error) bool {
	var failure net.Error
	return errors.As(err, &failure) && failure.Timeout()
}

// longestAnswer bounds what is read of one.
const longestAnswer = 4 << 20

// hear reads an HTTP answer, within a time.
func (l *line) hear(within time.Duration) answer {
	_ = l.SetReadDeadline(time.Now().Add(within))
	response, err := http.ReadResponse(l.reads, nil)
	if err != nil {
		return answer{err: err}
	}
	if response.StatusCode == http.StatusSwitchingProtocols {
		return answer{status: response.StatusCode, header: response.Header}
	}
	return l.stage.read(response)
}

// read reads an answer to its end, and looks for what must not be in it.
func (s *stage) read(response *http.Response) answer {
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, longestAnswer))
	a := answer{status: response.StatusCode, header: response.Header, body: string(body), err: err}
	if strings.HasPrefix(a.header.Get("Content-Type"), "application/problem+json") {
		var problem struct {
			Code string `json:"code"`
		}
		if err := json.Unmarshal(body, &problem); err == nil {
			a.code = problem.Code
		}
	}
	s.echoes.answer(a)
	return a
}

// end waits until the server hangs up, and tells how: "cut", or "silence" if it does not.
func (l *line) end(within time.Duration) string {
	_ = l.SetReadDeadline(time.Now().Add(within))
	_, err := io.CopyN(io.Discard, l.reads, longestAnswer)
	if isTimeout(err) {
		return "silence"
	}
	return "cut"
}
