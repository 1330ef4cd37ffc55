package main

import (
	"errors"
	"fmt"
	"reflect"
	"time"
	"unicode"

	"github.com/coscribe/coscribe/server/internal/account"
	"github.com/coscribe/coscribe/server/internal/api"
	"github.com/coscribe/coscribe/server/internal/meter"
	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/internal/socket"
	"github.com/coscribe/coscribe/storage"
)

// Limits is everything that one client, address, user, document or node may not exceed. An address is an IPv4 address or an IPv6 /64.
// What is marked as lifted is lifted by --limits-profile=load.
type Limits struct {
	ConnectionsPerAddress     int  `default:"64" lifted:"" help:"Connections from one address."`
	ConnectionsPerUser        int  `default:"20" lifted:"" help:"Connections of one user."`
	ConnectionsPerDocument    int  `default:"200" lifted:"" help:"Connections to one document."`
	ConnectionsPerNode        int  `default:"10000" lifted:"" help:"Connections in all."`
	UnauthenticatedPerAddress int  `default:"10" lifted:"" help:"Connections from one address whose ticket has not been accepted yet."`
	UnauthenticatedPerNode    int  `default:"500" lifted:"" help:"Connections whose ticket has not been accepted yet."`
	HandshakesPerSecond       int  `default:"10" lifted:"" help:"Handshakes a second from one address."`
	HandshakeBurst            int  `default:"20" lifted:"" help:"Handshakes at once from one address."`
	JoinBytes                 size `default:"4KiB" help:"The frame that brings the ticket."`

	Penalty       time.Duration `default:"1s" help:"That nobody comes in again from an address, nor a user, whose connection was closed for abuse. It doubles each time."`
	PenaltyMost   time.Duration `default:"30s" help:"Of such a penalty, and until it is forgotten."`
	JoinTime      time.Duration `default:"5s" help:"Until the ticket must have been accepted."`
	PingEvery     time.Duration `default:"25s" help:"Between two pings, and two signs of life of an event stream that has nothing to tell."`
	PongTime      time.Duration `default:"10s" help:"For the answer to a ping."`
	WriteTime     time.Duration `default:"5s" help:"For a client to take what is written to it."`
	ConnectionAge time.Duration `default:"24h" help:"Of a connection, give or take a tenth."`

	FrameBytes      size          `default:"64KiB" help:"One message, in however many frames."`
	Fragments       int           `default:"16" help:"Frames of one message."`
	FramesPerSecond int           `default:"60" lifted:"" help:"Frames a second of one connection."`
	FrameBurst      int           `default:"120" lifted:"" help:"Frames at once of one connection."`
	BytesPerSecond  size          `default:"128KiB" lifted:"" help:"Bytes a second of one connection."`
	BytesBurst      size          `default:"1MiB" lifted:"" help:"Bytes at once of one connection."`
	Strikes         int           `default:"5" help:"Messages that break the schema within the window: the last closes."`
	StrikeWindow    time.Duration `default:"1m" help:"In which strikes count together."`
	Forbidden       int           `default:"20" help:"Commands beyond the role in a row: the last closes."`
	AnswerBytes     size          `default:"64KiB" help:"Answers that a client has not taken."`
	BehindBytes     size          `default:"1MiB" help:"Live revisions that a client may be behind."`

	EditsPerSecond     int           `default:"20" lifted:"" help:"Edits a second of one connection."`
	EditBurst          int           `default:"60" lifted:"" help:"Edits at once of one connection."`
	UserEditsPerSecond int           `default:"40" lifted:"" help:"Edits a second of one user over all connections."`
	UserEditBurst      int           `default:"120" lifted:"" help:"Edits at once of one user over all connections."`
	BulkEditsPerSecond int           `default:"500" lifted:"" help:"Edits a second of one user over HTTP, where many come in one request."`
	BulkEditBurst      int           `default:"2000" lifted:"" help:"Edits at once of one user over HTTP."`
	CursorsPerSecond   int           `default:"10" lifted:"" help:"Carets a second of one connection."`
	CursorBurst        int           `default:"20" lifted:"" help:"Carets at once of one connection."`
	SlowDowns          int           `default:"20" help:"Edits refused in a row for their rate or role, or carets for theirs: the last closes."`
	CursorPause        time.Duration `default:"200ms" help:"Between two messages about others' cursors."`
	EditComponents     int           `default:"1000" help:"Components of one edit."`
	InsertUnits        int           `default:"32768" help:"UTF-16 units in one insert."`
	DocumentUnits      int           `default:"2000000" help:"UTF-16 units of a document."`
	DocumentSeats      int           `default:"1000" lifted:"" help:"Seats in one document of a node."`
	Documents          int           `default:"20000" help:"Open documents of a node."`
	DocumentInbox      int           `default:"1024" help:"Messages that wait for one document."`
	SeatInbox          int           `default:"16" help:"Messages that wait for one document from one connection."`
	Faults             int           `default:"3" help:"Panics of one document, after which it is shut for a while."`
	FaultPause         time.Duration `default:"1m" help:"That such a document stays shut."`
	AccessPoll         time.Duration `default:"2s" help:"Between two looks at the access lists of open documents."`
	FailClosed         time.Duration `default:"5s" help:"Without such a look, after which nothing is shown."`

	VisitorTime          time.Duration `default:"24h" help:"Until somebody without an account who has written nothing is forgotten."`
	SessionsPerUser      int           `default:"100" lifted:"" help:"Login sessions of one user. With one more the one that was idle for longest ends."`
	TokensPerUser        int           `default:"100" help:"Tokens of one user. Revoked ones count for an hour."`
	DocumentsPerUser     int           `default:"10000" lifted:"" help:"Documents that one user owns, with those in the trash."`
	Groups               int           `default:"10000" help:"Groups."`
	MembersPerGroup      int           `default:"10000" help:"Members of one group."`
	GrantsPerDocument    int           `default:"20000" help:"Grants in one document, expired ones too."`
	AddressesPerDocument int           `default:"1000" help:"Grants in one document to addresses that have no account yet."`
	LinksPerDocument     int           `default:"100" help:"Links into one document."`
	EntrantsPerLink      int           `default:"100000" lifted:"" help:"Those who came in by one link and are not forgotten."`
	RequestsPerDocument  int           `default:"100" help:"Open requests for access to one document. Further ones are dropped."`
	NoticesPerDay        int           `default:"1000" help:"First refusals of a kind that are written down a day, in the audit of one document or of the instance."`

	HeaderTime  time.Duration `default:"5s" help:"For the headers of a request."`
	HeaderBytes size          `default:"16KiB" help:"Headers of a request."`
	RequestTime time.Duration `default:"30s" help:"For a whole request."`
	IdleTime    time.Duration `default:"60s" help:"Between two requests of a connection."`
	BodyBytes   size          `default:"1MiB" help:"The body of a request, 1MiB at most."`

	RequestsPerSecond           int `default:"100" lifted:"" help:"Requests a second from one address."`
	RequestBurst                int `default:"400" lifted:"" help:"Requests at once from one address."`
	StrangerRequestsPerSecond   int `default:"20" lifted:"" help:"Requests a second from one address by those without an account."`
	StrangerRequestBurst        int `default:"100" lifted:"" help:"Requests at once from one address by those without an account."`
	StrangersRequestsPerNode    int `default:"500" lifted:"" help:"Requests a second by all without an account."`
	StrangersRequestBurstOfNode int `default:"1000" lifted:"" help:"Requests at once by all without an account."`

	SessionIdle             time.Duration `default:"2h" help:"Until a login session ends unused."`
	SessionLifetime         time.Duration `default:"12h" help:"Until a login session ends in any case."`
	GuestLifetime           time.Duration `default:"720h" help:"Until somebody who came without an account is another guest when they come again."`
	WrongPasswordsPerMinute int           `default:"5" help:"Wrong passwords for one account from one address, or on a device that the account has signed in on."`
	WrongPasswordsPerPlace  int           `default:"30" help:"Wrong passwords a minute from one address, whatever the account."`
	WrongPasswordsPerHour   int           `default:"50" help:"Wrong passwords an hour for one account from devices that it has never signed in on."`
	EntriesPerMinute        int           `default:"30" help:"Times that one address comes in by links or as a guest."`
	SignInsPerMinute        int           `default:"120" help:"Passwords looked at, by account and by address."`
	SignUpsPerMinute        int           `default:"20" help:"New accounts, by address."`
	PasswordHashers         int           `default:"2" help:"Passwords hashed at the same time."`
	TicketsPerSession       int           `default:"5" help:"Unused tickets of one session or token."`
	TicketTime              time.Duration `default:"30s" help:"Until a ticket expires unused."`

	SecurityLinesPerSecond int           `default:"20" help:"Log lines a second about security events."`
	SecurityLineBurst      int           `default:"200" help:"Log lines at once about security events."`
	SecurityRepeat         time.Duration `default:"1m" help:"Until the same event outside of connections is logged again."`
}

// unhindered stands for no limit where a number is wanted.
const unhindered = 1 << 30

// lift lifts counts and rates, for measuring from one machine with few users.
func (l *Limits) lift() {
	fields := reflect.ValueOf(l).Elem()
	for i := range fields.NumField() {
		if _, lifted := fields.Type().Field(i).Tag.Lookup("lifted"); lifted {
			fields.Field(i).SetInt(unhindered)
		}
	}
}

// faults are what is wrong with the limits. None may be zero, which would admit nothing.
func (l *Limits) faults() (faults []error) {
	fields := reflect.ValueOf(l).Elem()
	for i := range fields.NumField() {
		if fields.Field(i).Int() <= 0 {
			faults = append(faults, fmt.Errorf("--%s must be more than zero", limitFlag(fields.Type().Field(i))))
		}
	}
	for _, rule := range []struct {
		holds bool
		fault string
	}{
		{l.JoinBytes <= l.FrameBytes, "--limit-join-bytes must not be more than --limit-frame-bytes"},
		{l.FrameBytes <= 16<<20, "--limit-frame-bytes must not be more than 16MiB"},
		{l.BytesBurst > l.FrameBytes, "--limit-bytes-burst must be more than --limit-frame-bytes, or no such frame could ever be sent"},
		{l.BodyBytes <= 1<<20, "--limit-body-bytes must not be more than 1MiB"},
		{l.PongTime < l.PingEvery, "--limit-pong-time must be less than --limit-ping-every"},
		{l.AccessPoll < l.FailClosed, "--limit-access-poll must be less than --limit-fail-closed"},
		{l.Penalty <= l.PenaltyMost, "--limit-penalty must not be more than --limit-penalty-most"},
		{l.SessionIdle <= l.SessionLifetime, "--limit-session-idle must not be more than --limit-session-lifetime"},
	} {
		if !rule.holds {
			faults = append(faults, errors.New(rule.fault))
		}
	}
	return faults
}

func (l *Limits) socket() socket.Limits {
	limits := socket.DefaultLimits()
	limits.PerAddress, limits.PerUser = l.ConnectionsPerAddress, l.ConnectionsPerUser
	limits.PerDocument, limits.PerNode = l.ConnectionsPerDocument, l.ConnectionsPerNode
	limits.WaitingPerAddress, limits.WaitingPerNode = l.UnauthenticatedPerAddress, l.UnauthenticatedPerNode
	limits.Handshakes, limits.HandshakeBurst = l.HandshakesPerSecond, l.HandshakeBurst
	limits.Penalty, limits.PenaltyMost = l.Penalty, l.PenaltyMost
	limits.JoinWait, limits.JoinBytes = l.JoinTime, int(l.JoinBytes)
	limits.PingEvery, limits.PongWait = l.PingEvery, l.PongTime
	limits.CommandTime = min(limits.CommandTime, l.PongTime)
	limits.WriteWait, limits.Age = l.WriteTime, l.ConnectionAge
	limits.FrameBytes, limits.Fragments = int(l.FrameBytes), l.Fragments
	limits.Frames, limits.FrameBurst = l.FramesPerSecond, l.FrameBurst
	limits.Traffic, limits.TrafficBurst = int(l.BytesPerSecond), int(l.BytesBurst)
	limits.Strikes, limits.StrikeWindow, limits.Forbidden = l.Strikes, l.StrikeWindow, l.Forbidden
	limits.Cursors, limits.CursorBurst, limits.CursorRefusals = l.CursorsPerSecond, l.CursorBurst, l.SlowDowns
	limits.OutboxBytes = int(l.AnswerBytes)
	return limits
}

func (l *Limits) room() room.Limits {
	limits := room.DefaultLimits()
	limits.FrameBytes, limits.SlowBytes = int(l.FrameBytes), int(l.BehindBytes)
	limits.SeatEdits, limits.SeatEditBurst = l.EditsPerSecond, l.EditBurst
	limits.UserEdits, limits.UserEditBurst = l.UserEditsPerSecond, l.UserEditBurst
	limits.UserWrites, limits.UserWriteBurst = l.BulkEditsPerSecond, l.BulkEditBurst
	limits.RateStrikes, limits.PresencePause = l.SlowDowns, l.CursorPause
	limits.Components, limits.InsertUnits, limits.DocumentUnits = l.EditComponents, l.InsertUnits, l.DocumentUnits
	limits.Rooms, limits.Seats, limits.Inbox, limits.SeatInbox = l.Documents, l.DocumentSeats, l.DocumentInbox, l.SeatInbox
	limits.Faults, limits.FaultPause = l.Faults, l.FaultPause
	limits.AccessPoll, limits.FailClosed = l.AccessPoll, l.FailClosed
	return limits
}

func (l *Limits) account() account.Config {
	return account.Config{
		Idle: l.SessionIdle, Lifetime: l.SessionLifetime, GuestLifetime: l.GuestLifetime,
		TriesPerMinute: l.WrongPasswordsPerMinute, TriesPerPlace: l.WrongPasswordsPerPlace, TriesPerAccount: l.WrongPasswordsPerHour, EntriesPerMinute: l.EntriesPerMinute,
		LoginsPerMinute: l.SignInsPerMinute, SignUpsPerMinute: l.SignUpsPerMinute,
		Hashers: l.PasswordHashers, Tickets: l.TicketsPerSession, TicketTime: l.TicketTime,
	}
}

// bounds are of what is kept in the database.
func (l *Limits) bounds() storage.Bounds {
	return storage.Bounds{
		VisitorTime: l.VisitorTime,
		Sessions:    l.SessionsPerUser, Tokens: l.TokensPerUser, Documents: l.DocumentsPerUser, Groups: l.Groups, Members: l.MembersPerGroup,
		Grants: l.GrantsPerDocument, Addresses: l.AddressesPerDocument, Links: l.LinksPerDocument, Entrants: l.EntrantsPerLink,
		Requests: l.RequestsPerDocument, Notices: l.NoticesPerDay,
	}
}

func (l *Limits) requests() api.Limits {
	return api.Limits{
		PerAddress: l.RequestsPerSecond, AddressBurst: l.RequestBurst,
		StrangersPerAddress: l.StrangerRequestsPerSecond, StrangersAddressBurst: l.StrangerRequestBurst,
		StrangersPerNode: l.StrangersRequestsPerNode, StrangersNodeBurst: l.StrangersRequestBurstOfNode,
	}
}

// streams are bounded as WebSockets are.
func (l *Limits) streams() api.StreamLimits {
	return api.StreamLimits{Beat: l.PingEvery, Write: l.WriteTime, Age: l.ConnectionAge}
}

func (l *Limits) lines() meter.Lines {
	return meter.Lines{PerSecond: l.SecurityLinesPerSecond, Burst: l.SecurityLineBurst, Repeat: l.SecurityRepeat}
}

// limitFlag is the name of a limit's flag.
func limitFlag(field reflect.StructField) string {
	name := "limit"
	for _, letter := range field.Name {
		if unicode.IsUpper(letter) {
			name += "-"
		}
		name += string(unicode.ToLower(letter))
	}
	return name
}
