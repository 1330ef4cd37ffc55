package socket

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"runtime"
	"testing"
	"time"

	"github.com/coscribe/coscribe/storage/id"
)

// BenchmarkIdleConnection tells what an idle connection costs: heap and stack, with the client's net.Conn, and without what the kernel
// and a room keep for it.
func BenchmarkIdleConnection(b *testing.B) {
	const n = 2000
	for b.Loop() {
		s := &server{t: b, rooms: &fakeRooms{}, tickets: &fakeTickets{}, doc: id.New[id.Doc]()}
		s.Handler = New(Config{Redeem: s.tickets.redeem, Limits: BenchmarkLimits(), Log: slog.New(slog.DiscardHandler)})
		s.Handler.join = s.rooms.join
		web, address := listen(b, s)
		s.address = address
		conns := make([]net.Conn, n)
		joins := make([][]byte, n)
		before := memory()
		for i := range conns {
			conn, err := net.Dial("tcp", s.address)
			if err != nil {
				b.Fatal(err)
			}
			conns[i] = conn
			joins[i] = masked(bitFIN|opText, []byte(s.joinMessage(id.New[id.User]())))
		}
		request := []byte(s.request(nil))
		for i, conn := range conns {
			conn.Write(request)
			answer := make([]byte, 512)
			if _, err := conn.Read(answer); err != nil {
				b.Fatal(err)
			}
			conn.Write(joins[i])
			if _, err := io.ReadFull(conn, answer[:2+len(`{"type":"welcome"}`)]); err != nil {
				b.Fatal(err)
			}
		}
		time.Sleep(100 * time.Millisecond) // the flushers end
		b.ReportMetric((float64(memory())-float64(before))/n, "B/connection")
		b.ReportMetric(float64(runtime.NumGoroutine())/n, "goroutines/connection")
		for _, conn := range conns {
			conn.Close()
		}
		s.Close(b.Context())
		web.Close()
	}
}

func memory() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

// BenchmarkEcho is one submit and its acknowledgement, through real frames on loopback and a room that does nothing.
func BenchmarkEcho(b *testing.B) {
	s := &server{t: b, rooms: &fakeRooms{}, tickets: &fakeTickets{}, doc: id.New[id.Doc]()}
	s.Handler = New(Config{Redeem: s.tickets.redeem, Limits: BenchmarkLimits(), Log: slog.New(slog.DiscardHandler)})
	s.Handler.join = s.rooms.join
	web, address := listen(b, s)
	defer web.Close()
	s.address = address
	c := s.enter(id.New[id.User]())
	_ = c.conn.SetDeadline(time.Time{})
	seq := 0
	b.ReportAllocs()
	for b.Loop() {
		seq++
		c.text(fmt.Sprintf(`{"type":"submit","seq":%d,"id":"00000000-0000-4000-8000-000000000001","base":0,"delta":{"ops":[{"insert":"a"}]}}`, seq))
		if _, _, err := c.read(); err != nil {
			b.Fatal(err)
		}
	}
	c.conn.Close()
	s.Close(b.Context())
}
