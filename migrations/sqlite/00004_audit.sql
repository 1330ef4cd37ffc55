-- Who did what. Each row's hash covers the row and the hash of the row before it in its chain: a document's, or the instance's,
-- which has the zero id. Rows are only ever added. A head says where its chain ends.

-- +goose Up
CREATE TABLE audit (
    chain           blob    NOT NULL,
    n               integer NOT NULL,
    at              integer NOT NULL,
    actor           blob    NOT NULL, -- zero for the operator
    credential_kind text    NOT NULL,
    credential      blob    NOT NULL,
    on_behalf       blob    NOT NULL,
    action          text    NOT NULL,
    target          text    NOT NULL,
    before          text    NOT NULL,
    after           text    NOT NULL,
    reason          text    NOT NULL,
    from_address    text    NOT NULL,
    request         text    NOT NULL,
    hash            blob    NOT NULL,
    PRIMARY KEY (chain, n)
) STRICT;
CREATE INDEX audit_at ON audit (at, chain, n);
CREATE INDEX audit_actor ON audit (actor, at, chain, n);

CREATE TABLE audit_heads (
    chain   blob    NOT NULL PRIMARY KEY,
    n       integer NOT NULL,
    at      integer NOT NULL,
    hash    blob    NOT NULL,
    day     integer NOT NULL, -- since 1970, on which the notices were written
    notices integer NOT NULL
) STRICT, WITHOUT ROWID;

-- What holds for the whole instance: one row.
CREATE TABLE policy (
    id                 integer NOT NULL PRIMARY KEY CHECK (id = 1),
    version            integer NOT NULL, -- changes with every change of the row
    link_role          integer NOT NULL, -- the highest that a link, or anyone, may be given
    anonymous          integer NOT NULL,
    expiry_days        integer NOT NULL, -- 0: what has no account may be granted for ever
    only_admins_create integer NOT NULL,
    domains            text    NOT NULL -- separated by spaces; empty: any
) STRICT, WITHOUT ROWID;
INSERT INTO policy (id, version, link_role, anonymous, expiry_days, only_admins_create, domains)
VALUES (1, 1, 3, 1, 0, 0, '');
