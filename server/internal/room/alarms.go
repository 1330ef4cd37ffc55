package room

import "time"

// alarms are the moments at which a room has something to do of itself. It has one timer, set to the first of them.
type alarms struct {
	timer    *time.Timer
	set      time.Time // when timer fires; zero when it does not
	idle     time.Time // unload
	presence time.Time // tell carets that moved
	retry    time.Time // read again what could not be read
	shot     time.Time // let the encoded snapshot go
	store    time.Time // store a snapshot that was due earlier
	round    time.Time // wake all seats
	pace     pace
}

// setAlarm sees that the room wakes at the first moment that concerns it.
func (r *room) setAlarm() {
	a := &r.alarms
	if !r.idle() {
		a.idle = time.Time{}
	} else if a.idle.IsZero() {
		a.idle = time.Now().Add(r.hub.limits.RoomIdle)
	}
	var first time.Time
	if r.until != 0 {
		first = r.until.Time()
	}
	for _, at := range [...]time.Time{a.idle, a.presence, a.retry, a.shot, a.store, a.round} {
		if !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	if first.Equal(a.set) {
		return
	}
	a.set = first
	switch {
	case first.IsZero():
		a.timer.Stop()
	case a.timer == nil:
		a.timer = time.AfterFunc(time.Until(first), func() { r.post(ring{}) })
	default:
		a.timer.Reset(time.Until(first))
	}
}

func (a *alarms) stop() {
	if a.timer != nil {
		a.timer.Stop()
	}
}

// ring is the alarm.
type ring struct{}

func (ring) drop(*Refusal) {}

func (ring) do(r *room) {
	now := time.Now()
	r.alarms.set = time.Time{}
	if due(&r.alarms.round, now) {
		r.round(now)
	}
	if due(&r.alarms.presence, now) {
		r.showCarets(now)
	}
	if due(&r.alarms.retry, now) {
		r.read()
	}
	if due(&r.alarms.shot, now) {
		r.shots.drop()
	}
	if due(&r.alarms.store, now) {
		r.store(false)
	}
	if r.until != 0 && r.until <= r.now() {
		r.reconsider(reasonExpired, author{})
	}
	if due(&r.alarms.idle, now) {
		r.leaving = true // once this turn's other events have had their say
	}
}

// due tells whether an alarm's moment has come, and takes it back.
func due(at *time.Time, now time.Time) bool {
	if at.IsZero() || now.Before(*at) {
		return false
	}
	*at = time.Time{}
	return true
}
