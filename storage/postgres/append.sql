-- Decides each batch of an Append and writes those that nothing refuses. It runs in a transaction that holds the rows of the
-- documents, users, sessions and tokens concerned, and began after they were held: what it sees of them is what will be true at
-- the commit. Its arrays are columns: $1–$6 of the batches, $7–$11 of their fences, $12–$22 of their revisions; a fence
-- and a revision name their batch by its place, counted from 1.
WITH moment AS MATERIALIZED (
    SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now
), batch AS MATERIALIZED (
    SELECT *
    FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
        WITH ORDINALITY AS b (document, epoch, head, access_version, last, updated_at, place)
), ended AS MATERIALIZED (
    SELECT f.batch, f.place
    FROM unnest($7::int[], $8::uuid[], $9::text[], $10::uuid[], $11::bigint[])
        WITH ORDINALITY AS f (batch, user_id, kind, credential, valid_until, place)
        CROSS JOIN moment
    -- A missing row counts as ended. (Subqueries for one value: they are always looked up by key, however large the table.)
    WHERE f.valid_until <> 0 AND f.valid_until <= moment.now
        OR coalesce((SELECT u.suspended_at FROM users u WHERE u.id = f.user_id), 1) <> 0
        OR coalesce(
            CASE f.kind
                WHEN 'session' THEN (
                    SELECT s.ended_at <> 0 OR s.expires_at <= moment.now
                    FROM sessions s WHERE s.id = f.credential AND s.user_id = f.user_id)
                ELSE (
                    SELECT t.revoked_at <> 0 OR t.expires_at <> 0 AND t.expires_at <= moment.now
                    FROM tokens t WHERE t.id = f.credential AND t.user_id = f.user_id)
            END, true)
), decision AS MATERIALIZED (
    SELECT b.document, b.place,
        CASE
            -- First of all: does it stand already, in every field? The checksums are over all of them.
            WHEN d.head > b.head AND b.last - b.head = (
                SELECT count(*)
                FROM unnest($12::int[], $13::bigint[], $21::bytea[], $22::bigint[]) AS r (batch, rev, delta, crc)
                WHERE r.batch = b.place AND (
                    -- In order, which only the primary key's index is in: another one would give all of the document's.
                    SELECT old.rev = r.rev AND old.delta = r.delta AND old.crc = r.crc FROM revisions old
                    WHERE old.document = b.document AND old.rev >= r.rev ORDER BY old.rev LIMIT 1)) THEN 'stands'
            WHEN d.id IS NULL OR d.deleted_at <> 0 THEN 'document'
            WHEN d.epoch <> b.epoch THEN 'epoch'
            WHEN d.head <> b.head THEN 'head'
            WHEN d.access_version <> b.access_version THEN 'access'
            WHEN EXISTS (SELECT FROM ended WHERE ended.batch = b.place) THEN 'fence'
            ELSE 'write'
        END AS outcome
    FROM batch b LEFT JOIN LATERAL (SELECT * FROM documents d WHERE d.id = b.document OFFSET 0) AS d ON true
), written AS MATERIALIZED (
    -- By place, whether to write it: an array is looked up faster than a table is joined.
    SELECT array_agg(outcome = 'write' ORDER BY place) AS batch FROM decision
), inserted AS (
    INSERT INTO revisions (document, rev, edit, author, seat, client, seq, at, kind, delta, crc)
    SELECT ($1::uuid[])[r.batch], r.rev, r.edit, r.author, r.seat, r.client, r.seq, r.at, r.kind, r.delta, r.crc
    FROM unnest($12::int[], $13::bigint[], $14::uuid[], $15::uuid[], $16::uuid[], $17::uuid[], $18::bigint[], $19::bigint[],
            $20::text[], $21::bytea[], $22::bigint[])
        AS r (batch, rev, edit, author, seat, client, seq, at, kind, delta, crc)
    WHERE (SELECT batch FROM written)[r.batch]
), moved AS (
    -- Without a join, which could choose to read the table whole.
    UPDATE documents
    SET head = ($5::bigint[])[array_position($1::uuid[], id)],
        updated_at = greatest(updated_at, ($6::bigint[])[array_position($1::uuid[], id)])
    WHERE id = ANY(ARRAY(SELECT decision.document FROM decision WHERE decision.outcome = 'write'))
)
SELECT decision.outcome, ARRAY(SELECT ended.place FROM ended WHERE ended.batch = decision.place ORDER BY ended.place)
FROM decision
ORDER BY decision.place
