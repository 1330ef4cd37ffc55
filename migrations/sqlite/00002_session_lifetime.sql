-- Until when a session may be prolonged. Of those that stand it is not known: they are not prolonged before they are next stored.

-- +goose Up
ALTER TABLE sessions ADD COLUMN lives_until integer NOT NULL DEFAULT 0;
