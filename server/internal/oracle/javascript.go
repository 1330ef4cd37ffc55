package oracle

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"

	"github.com/coscribe/coscribe/ot"
)

// replayInNode composes Deltas, one a line, onto an empty document, and writes the content.
const replayInNode = `
import { createInterface } from 'node:readline';
import QuillDelta from 'quill-delta';
const Delta = QuillDelta.default ?? QuillDelta;
let content = new Delta().insert('\n');
for await (const line of createInterface({ input: process.stdin })) content = content.compose(new Delta(JSON.parse(line)));
process.stdout.write(JSON.stringify(content));`

// JavaScript has quill-delta replay the log, and adds what it makes of it to the contents. It runs Node in a folder that has
// quill-delta among its packages.
func (e *Evidence) JavaScript(ctx context.Context, folder string) error {
	var log, said bytes.Buffer
	for i := range e.Log {
		log.Write(e.Log[i].Delta)
		log.WriteByte('\n')
	}
	node := exec.CommandContext(ctx, "node", "--input-type=module", "--eval", replayInNode)
	node.Dir, node.Stdin, node.Stderr = folder, &log, &said
	out, err := node.Output()
	if err != nil {
		return fmt.Errorf("quill-delta replays the log: %w\n%s", err, &said)
	}
	content, err := ot.Parse(out) // and merges neighbours that quill-delta leaves unmerged
	if err != nil {
		return fmt.Errorf("what quill-delta makes of the log: %w", err)
	}
	e.Contents["quill-delta's replay"] = content
	return nil
}
