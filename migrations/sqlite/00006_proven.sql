-- Whether an address is its account's: an invitation for it, or the set-up link, has shown so. Of accounts that stand, their
-- administrators' and those whose invitation is still known.

-- +goose Up
ALTER TABLE users ADD COLUMN proven integer NOT NULL DEFAULT 0;
UPDATE users SET proven = 1 WHERE NOT guest AND (instance_admin
    OR EXISTS (SELECT 1 FROM invitations i WHERE i.email = users.email AND i.email <> '' AND i.used_at <> 0));
