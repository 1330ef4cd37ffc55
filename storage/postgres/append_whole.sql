-- Writes those batches of an Append whose documents are as they expect, if every fence of all of them holds, and else nothing.
-- Whoever finds fewer rows written than there are asks append.sql about all of them, to which what was written stands.
--
-- It holds the rows that this hangs on in the order that every call keeps: documents, users, sessions, tokens, each by id. What
-- it asks of a row it asks of the row that it holds, as that is once the lock is there, whatever was true when the statement
-- began; and it goes on to the next lock only if all before it were as they should be. The clock is read last.
--
-- A document is changed when it is locked, which spares it to be found, written and logged twice; so once there is one, a fence
-- that has ended must be an error. Nobody sees it but the database's log, for each edit that met the end of its author's right.
--
-- Its arrays are columns: $1–$6 of the batches by document id, $7 of the users, $8 is when the first right ends, $9–$19 of the
-- revisions; then, for each table of credentials that the fences name, their ids and whose they are. It is a template, so that
-- a table that no fence names costs nothing, and of a single document $1–$6 are values.
{{- $of := "" }}{{ $at := "" }}
{{- if not .Single }}{{/* Where a row's document stands among the batches: a binary search of their ids, which are in order. */}}
{{- $of = "[]" }}{{ $at = "[width_bucket(id, $1::uuid[])]" }}{{ end }}
WITH moved AS (
    -- Without a join, which could choose to read the table whole. (No document is deleted before 1970. The indexes are of those
    -- that were deleted at 0: asked for that, one of them could be read whole.)
    UPDATE documents
    SET head = ($5::bigint{{$of}}){{$at}}, updated_at = greatest(updated_at, ($6::bigint{{$of}}){{$at}})
    WHERE id = {{if .Single}}$1::uuid{{else}}ANY($1::uuid[]){{end}} AND deleted_at < 1
        AND epoch = ($2::bigint{{$of}}){{$at}} AND head = ($3::bigint{{$of}}){{$at}} AND access_version = ($4::bigint{{$of}}){{$at}}
    RETURNING id
), documents_held AS MATERIALIZED (
    SELECT count(*) AS n FROM moved
), users_held AS MATERIALIZED (
    SELECT count(*) = cardinality($7::uuid[]) AS good
    FROM (SELECT FROM users WHERE id = ANY($7::uuid[]) AND suspended_at = 0
            AND (SELECT n > 0 FROM documents_held)
        ORDER BY id FOR SHARE) AS held
), {{range .Tables}}{{.Table}}_held AS MATERIALIZED (
    SELECT array_agg(user_id) = ${{.Users}}::uuid[] AS good, min({{.Ends}}) AS ends
    FROM (SELECT user_id, expires_at FROM {{.Table}} WHERE id = ANY(${{.IDs}}::uuid[]) AND {{.Ended}} = 0
            AND (SELECT good FROM {{.Before}}_held)
        ORDER BY id FOR SHARE) AS held
), {{end}}verdict AS MATERIALIZED (
    SELECT CASE
        WHEN n = 0 THEN false
        WHEN {{range .Tables}}{{.Table}}_held.good AND {{end}}least($8::bigint{{range .Tables}}, {{.Table}}_held.ends{{end}}) > (extract(epoch FROM clock_timestamp()) * 1000000)::bigint THEN true
        ELSE ('a right to write has ended in an append to ' || n)::boolean END AS good -- is an error
    FROM documents_held{{range .Tables}}, {{.Table}}_held{{end}}
)
INSERT INTO revisions (document, rev, edit, author, seat, client, seq, at, kind, delta, crc)
{{if not .Single}}SELECT r.* FROM ({{end -}}
SELECT unnest($9::uuid[]) AS document, unnest($10::bigint[]), unnest($11::uuid[]), unnest($12::uuid[]), unnest($13::uuid[]),
    unnest($14::uuid[]), unnest($15::bigint[]), unnest($16::bigint[]), unnest($17::text[]), unnest($18::bytea[]), unnest($19::bigint[])
{{- if not .Single}}) AS r{{end}}
WHERE (SELECT good FROM verdict)
{{- if not .Single}}
    AND ((SELECT n FROM documents_held) = cardinality($1::uuid[]) OR r.document IN (SELECT id FROM moved)){{end}}
