-- Moments are microseconds since 1970 UTC, and 0 stands for "never" or "not yet". What the log and its snapshots say is bytes
-- that Coscribe wrote, with their CRC-32C beside them.

-- +goose Up
CREATE TABLE users (
    id             blob    NOT NULL PRIMARY KEY,
    email          text    NOT NULL,
    name           text    NOT NULL,
    password_hash  text    NOT NULL,
    instance_admin integer NOT NULL,
    created_at     integer NOT NULL,
    suspended_at   integer NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX users_email ON users (email) WHERE email <> '';

CREATE TABLE sessions (
    id         blob    NOT NULL PRIMARY KEY,
    hash       blob    NOT NULL UNIQUE,
    user_id    blob    REFERENCES users, -- null before sign-in
    data       blob    NOT NULL,
    created_at integer NOT NULL,
    expires_at integer NOT NULL,
    ended_at   integer NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_user ON sessions (user_id, id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE tokens (
    id           blob    NOT NULL PRIMARY KEY,
    hash         blob    NOT NULL UNIQUE,
    user_id      blob    NOT NULL REFERENCES users,
    name         text    NOT NULL,
    created_at   integer NOT NULL,
    expires_at   integer NOT NULL,
    last_used_at integer NOT NULL,
    revoked_at   integer NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tokens_user ON tokens (user_id, id);

CREATE TABLE tickets (
    hash            blob    NOT NULL PRIMARY KEY,
    document        blob    NOT NULL,
    user_id         blob    NOT NULL,
    credential_kind text    NOT NULL,
    credential      blob    NOT NULL,
    origin          text    NOT NULL,
    expires_at      integer NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tickets_credential ON tickets (credential, expires_at);
CREATE INDEX tickets_expiry ON tickets (expires_at);

CREATE TABLE invitations (
    id         blob    NOT NULL PRIMARY KEY,
    hash       blob    NOT NULL UNIQUE,
    email      text    NOT NULL,
    setup      integer NOT NULL,
    created_by blob    REFERENCES users, -- null for the set-up link
    created_at integer NOT NULL,
    expires_at integer NOT NULL,
    used_at    integer NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX invitations_setup ON invitations (setup) WHERE setup;
CREATE INDEX invitations_expiry ON invitations (expires_at);

CREATE TABLE documents (
    id             blob    NOT NULL PRIMARY KEY,
    title          text    NOT NULL,
    owner          blob    NOT NULL REFERENCES users,
    epoch          integer NOT NULL,
    head           integer NOT NULL,
    access_version integer NOT NULL,
    open_history   integer NOT NULL,
    locked         integer NOT NULL,
    created_at     integer NOT NULL,
    updated_at     integer NOT NULL,
    deleted_at     integer NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX documents_owner ON documents (owner, updated_at DESC, id) WHERE deleted_at = 0;

CREATE TABLE grants (
    document       blob    NOT NULL REFERENCES documents,
    principal_kind integer NOT NULL,
    principal      blob    NOT NULL, -- zero for everyone and anyone
    role           integer NOT NULL,
    expires_at     integer NOT NULL,
    granted_by     blob    NOT NULL,
    granted_at     integer NOT NULL,
    PRIMARY KEY (document, principal_kind, principal)
) STRICT, WITHOUT ROWID;
CREATE INDEX grants_principal ON grants (principal, principal_kind, document);

-- No foreign keys: an append has found the document and its authors in the same transaction.
CREATE TABLE revisions (
    document blob    NOT NULL,
    rev      integer NOT NULL,
    edit     blob    NOT NULL,
    author   blob    NOT NULL,
    seat     blob    NOT NULL, -- zero when it came over HTTP
    client   blob    NOT NULL,
    seq      integer NOT NULL,
    at       integer NOT NULL,
    kind     text    NOT NULL,
    delta    blob    NOT NULL,
    crc      integer NOT NULL,
    PRIMARY KEY (document, rev),
    CONSTRAINT revisions_once UNIQUE (document, author, client, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE snapshots (
    document blob    NOT NULL REFERENCES documents,
    rev      integer NOT NULL,
    content  blob    NOT NULL, -- zstd
    crc      integer NOT NULL, -- of what it unpacks to
    PRIMARY KEY (document, rev)
) STRICT;

-- What Store.Ready writes to.
CREATE TABLE readiness (
    id         integer NOT NULL PRIMARY KEY CHECK (id = 1),
    checked_at integer NOT NULL
) STRICT;
INSERT INTO readiness (id, checked_at) VALUES (1, 0);
