package main

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Audit is the commands on the audit.
type Audit struct {
	Verify VerifyAudit `cmd:"" help:"Compute every chain of the audit anew."`
}

// VerifyAudit holds the audit against its hashes, and against ends of chains that were kept elsewhere.
type VerifyAudit struct {
	Database
	Kept string `type:"existingfile" help:"Output of an earlier run, kept elsewhere: what was cut off or written anew since shows as well."`
}

// instanceChain names the chain of the instance.
const instanceChain = "instance"

// Run prints where each chain ends, a line each. The error tells the first fault.
func (v *VerifyAudit) Run(ctx context.Context, stdout io.Writer) error {
	kept, err := v.readKept()
	if err != nil {
		return err
	}
	store, err := v.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	faults, chains := 0, 0
	verify := func(chain id.Doc) error {
		end := kept[chain]
		delete(kept, chain)
		chains++
		head, err := store.VerifyAudit(ctx, chain, end)
		if broken, ok := errors.AsType[*storage.AuditError](err); ok {
			faults++
			_, err = fmt.Fprintf(stdout, "%s %d FAULT %s\n", chainName(chain), broken.N, broken.Fault)
			return err
		}
		if err == nil {
			_, err = fmt.Fprintf(stdout, "%s %d %x\n", chainName(chain), head.N, head.Hash)
		}
		return err
	}
	if err := verify(storage.Instance); err != nil {
		return err
	}
	const page = 500
	for after := (id.Doc{}); ; {
		docs, err := store.AuditChains(ctx, after, page)
		if err != nil {
			return err
		}
		for _, doc := range docs {
			if err := verify(doc); err != nil {
				return err
			}
			after = doc
		}
		if len(docs) < page {
			break
		}
	}
	for chain := range kept { // of which there is nothing left
		if err := verify(chain); err != nil {
			return err
		}
	}
	if faults > 0 {
		return fmt.Errorf("%d of %d chains are not as they were written", faults, chains)
	}
	return nil
}

// readKept reads the ends that an earlier run printed.
func (v *VerifyAudit) readKept() (map[id.Doc]storage.AuditHead, error) {
	kept := map[id.Doc]storage.AuditHead{}
	if v.Kept == "" {
		return kept, nil
	}
	file, err := os.Open(v.Kept)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		var name, hash string
		var head storage.AuditHead
		if strings.Contains(lines.Text(), " FAULT ") {
			continue
		}
		_, err := fmt.Sscan(lines.Text(), &name, &head.N, &hash)
		if err == nil && name != instanceChain {
			head.Chain, err = id.Parse[id.Doc](name)
		}
		sum, bad := hex.DecodeString(hash)
		if err != nil || bad != nil || len(sum) != len(head.Hash) {
			return nil, fmt.Errorf("%s:%d: not a line of an earlier run", v.Kept, n)
		}
		copy(head.Hash[:], sum)
		if head.N > 0 {
			kept[head.Chain] = head
		}
	}
	return kept, lines.Err()
}

func chainName(chain id.Doc) string {
	if chain == storage.Instance {
		return instanceChain
	}
	return chain.String()
}
