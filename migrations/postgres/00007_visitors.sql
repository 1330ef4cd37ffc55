-- Whether a user stays. Guests who have written nothing do not; of those that stand nobody knows.

-- +goose Up
ALTER TABLE users ADD COLUMN kept boolean NOT NULL DEFAULT true;
CREATE INDEX users_visitors ON users (created_at, id) WHERE NOT kept;
