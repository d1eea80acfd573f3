// Ledgercheck opens the signed notes and proofs of a machine's ledgers with the libraries of the C2SP formats alone: the notes and trees of
// Go's checksum database, and torchwood for cosignatures and tlog-proofs. What our own formats say (entries, values, sessions) is not
// its business; that other people's code accepts our heads is.
//
//	ledgercheck [--keys FILE] [--vectors FOLDER] FILE ...
//
// A FILE is a log, a receipt, a part of an exchange or a tlog-proof. Prints {ok, what}: what was opened, or what was not.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// keyring holds what notes are opened with, and the log keys among it by origin.
type keyring struct {
	known []note.Verifier
	logs  map[string]note.Verifier
	// cosigners of the machine's and of the gateway's logs, and witnesses.
	cosigners []note.Verifier
}

func (k *keyring) addLog(vkey string) error {
	v, err := note.NewVerifier(vkey)
	if err == nil && k.logs[v.Name()] == nil {
		k.logs[v.Name()] = v
		k.known = append(k.known, v)
	}
	return err
}

func (k *keyring) addCosigner(vkey string) error {
	v, err := torchwood.NewCosignatureVerifier(vkey)
	if err != nil {
		return err
	}
	for _, one := range k.cosigners {
		if one.Name() == v.Name() && one.KeyHash() == v.KeyHash() {
			return nil
		}
	}
	k.cosigners = append(k.cosigners, v)
	k.known = append(k.known, v)
	return nil
}

func (k *keyring) readKeys(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(data)) {
		kind, vkey, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch kind {
		case "":
		case "log":
			err = errors.Join(err, k.addLog(vkey))
		case "witness":
			err = errors.Join(err, k.addCosigner(vkey))
		default:
			err = fmt.Errorf("a line of another kind: %s", kind)
		}
	}
	return err
}

// hashes is a tlog.HashReader in memory.
type hashes []tlog.Hash

func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(h)) {
			return nil, errors.New("a head of more entries than there are")
		}
		out[i] = h[index]
	}
	return out, nil
}

type tree struct {
	stored hashes
	size   int64
}

func (t *tree) add(record tlog.Hash) error {
	more, err := tlog.StoredHashesForRecordHash(t.size, record, t.stored)
	t.stored, t.size = append(t.stored, more...), t.size+1
	return err
}

type checker struct {
	keys  keyring
	trees map[string]*tree
	count map[string]int
}

// open checks a note and, where the entries are at hand, that they have its root.
func (c *checker) open(signed []byte) error {
	opened, err := note.Open(signed, note.VerifierList(c.keys.known...))
	if err != nil {
		return err
	}
	head, err := torchwood.ParseCheckpoint(opened.Text)
	if err != nil {
		return err
	}
	log := c.keys.logs[head.Origin]
	if log == nil {
		return fmt.Errorf("no key for %s", head.Origin)
	}
	signedByLog := false
	for _, sig := range opened.Sigs {
		if sig.Name == log.Name() && sig.Hash == log.KeyHash() {
			signedByLog = true
		} else {
			c.count["cosignatures"]++
		}
	}
	if !signedByLog {
		return fmt.Errorf("a head of %s without its signature", head.Origin)
	}
	c.count["notes"]++
	if t := c.trees[head.Origin]; t != nil {
		if head.N > t.size {
			return fmt.Errorf("a head of %d, but %d entries of %s", head.N, t.size, head.Origin)
		}
		root, err := tlog.TreeHash(head.N, t.stored)
		if err != nil {
			return err
		}
		if root != head.Hash {
			return fmt.Errorf("another root of %s at %d", head.Origin, head.N)
		}
		c.count["roots"]++
	}
	return nil
}

// proof checks a tlog-proof that its log and one cosigner signed. Without a record the entries of the log must be at hand.
func (c *checker) proof(data []byte, record *tlog.Hash) error {
	_, signed, _ := bytes.Cut(data, []byte("\n\n"))
	origin, _, _ := strings.Cut(string(signed), "\n")
	log := c.keys.logs[origin]
	if log == nil {
		return fmt.Errorf("no key for %q", origin)
	}
	if record == nil {
		var index int64
		for line := range strings.Lines(string(data)) {
			if n, err := fmt.Sscanf(line, "index %d\n", &index); n == 1 && err == nil {
				break
			}
		}
		t := c.trees[origin]
		if t == nil || index >= t.size {
			return fmt.Errorf("the entries of %s are not at hand", origin)
		}
		record = &t.stored[tlog.StoredHashIndex(0, index)]
	}
	var cosigners []torchwood.Policy
	for _, one := range c.keys.cosigners {
		cosigners = append(cosigners, torchwood.SingleVerifierPolicy(one))
	}
	policy := torchwood.ThresholdPolicy(3, torchwood.OriginPolicy(origin), torchwood.SingleVerifierPolicy(log),
		torchwood.ThresholdPolicy(1, cosigners...))
	if err := torchwood.VerifyProof(policy, *record, data); err != nil {
		return err
	}
	c.count["proofs"]++
	return nil
}

type line struct {
	letter  byte
	content []byte
}

func readLines(data []byte) (lines []line) {
	for raw := range bytes.Lines(data) {
		if len(raw) > 3 && raw[1] == ' ' {
			lines = append(lines, line{raw[0], bytes.TrimSuffix(raw[2:], []byte("\n"))})
		}
	}
	return lines
}

// collect takes the entries of a log, and the keys that its entry 0 names.
func (c *checker) collect(lines []line) error {
	for _, l := range lines {
		if l.letter != 'E' {
			continue
		}
		var entry struct {
			Log    string
			Detail struct {
				Log    *string `json:"log_vkey"`
				Cosign *string `json:"cosign_vkey"`
			}
		}
		if err := json.Unmarshal(l.content, &entry); err != nil {
			return err
		}
		if entry.Detail.Cosign != nil {
			if err := c.keys.addCosigner(*entry.Detail.Cosign); err != nil {
				return err
			}
		}
		if entry.Detail.Log != nil {
			if err := c.keys.addLog(*entry.Detail.Log); err != nil {
				return err
			}
		}
		if c.trees[entry.Log] == nil {
			c.trees[entry.Log] = &tree{}
		}
		if err := c.trees[entry.Log].add(tlog.RecordHash(l.content)); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) notes(lines []line) error {
	var record tlog.Hash
	for n, l := range lines {
		var err error
		switch l.letter {
		case 'E':
			record = tlog.RecordHash(l.content)
		case 'C', 'O', 'T':
			var data []byte
			if data, err = base64.StdEncoding.DecodeString(string(l.content)); err != nil {
				break
			}
			if l.letter == 'T' {
				err = c.proof(data, &record)
			} else {
				err = c.open(data)
			}
		}
		if err != nil {
			return fmt.Errorf("line %c, %d: %w", l.letter, n+1, err)
		}
	}
	return nil
}

func isLog(data []byte) bool {
	return bytes.HasPrefix(data, []byte("F ")) && !bytes.Contains(data, []byte("\nT "))
}

func (c *checker) files(paths []string) error {
	read := make(map[string][]byte)
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		read[path] = data
		// All logs first: the proofs and the other side's notes need their entries.
		if isLog(data) {
			if err := c.collect(readLines(data)); err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
		}
	}
	for _, path := range paths {
		var err error
		if data := read[path]; bytes.HasPrefix(data, []byte("c2sp.org/")) {
			err = c.proof(data, nil)
		} else {
			err = c.notes(readLines(data))
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
}

type vectors struct {
	Keys map[string]struct {
		Type int
		Vkey string
	}
	Leaves      map[string][]tlog.Hash
	Roots       map[string][]tlog.Hash
	Checkpoint  struct{ Note string }     `json:"checkpoint_machine_3"`
	Consistency map[string]tlog.TreeProof `json:"consistency_machine"`
	Inclusion   tlog.RecordProof          `json:"inclusion_machine_6_of_7"`
}

// readVectors takes the keys of the vectors, and checks what stands in vectors.json and in the examples of a witness.
func (c *checker) readVectors(folder string) error {
	data, err := os.ReadFile(filepath.Join(folder, "vectors.json"))
	if err != nil {
		return err
	}
	var v vectors
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	for _, key := range v.Keys {
		if key.Type == 1 {
			err = errors.Join(err, c.keys.addLog(key.Vkey))
		} else {
			err = errors.Join(err, c.keys.addCosigner(key.Vkey))
		}
	}
	if err != nil {
		return err
	}
	for side, leaves := range v.Leaves {
		var t tree
		for n := 0; n <= len(leaves); n++ {
			root, err := tlog.TreeHash(int64(n), t.stored)
			if err != nil || root != v.Roots[side][n] {
				return fmt.Errorf("another root of %s at %d", side, n)
			}
			if n < len(leaves) {
				if err := t.add(leaves[n]); err != nil {
					return err
				}
			}
		}
	}
	if err := c.open([]byte(v.Checkpoint.Note)); err != nil {
		return fmt.Errorf("checkpoint_machine_3: %w", err)
	}
	roots := v.Roots["machine"]
	for name, proof := range v.Consistency {
		var from, to int64
		if _, err := fmt.Sscanf(name, "%d-%d", &from, &to); err != nil {
			return err
		}
		if err := tlog.CheckTree(proof, to, roots[to], from, roots[from]); err != nil {
			return fmt.Errorf("consistency %s: %w", name, err)
		}
		c.count["proofs"]++
	}
	if err := tlog.CheckRecord(v.Inclusion, 7, roots[7], 6, v.Leaves["machine"][6]); err != nil {
		return fmt.Errorf("inclusion: %w", err)
	}
	c.count["proofs"]++
	return c.witness(folder, roots)
}

// witness plays one: each request extends the head before it, and the answer to the last one is a cosignature of its note.
func (c *checker) witness(folder string, roots []tlog.Hash) error {
	var last []byte
	for n := 1; n <= 2; n++ {
		data, err := os.ReadFile(filepath.Join(folder, fmt.Sprintf("witness-request-%d.txt", n)))
		if err != nil {
			return err
		}
		top, signed, _ := bytes.Cut(data, []byte("\n\n"))
		lines := strings.Split(string(top), "\n")
		var old int64
		if _, err := fmt.Sscanf(lines[0], "old %d", &old); err != nil {
			return err
		}
		var proof tlog.TreeProof
		for _, one := range lines[1:] {
			hash, err := tlog.ParseHash(one)
			if err != nil {
				return err
			}
			proof = append(proof, hash)
		}
		if err := c.open(signed); err != nil {
			return fmt.Errorf("witness request %d: %w", n, err)
		}
		text, _, _ := bytes.Cut(signed, []byte("\n\n"))
		head, err := torchwood.ParseCheckpoint(string(text) + "\n")
		if err != nil {
			return err
		}
		if old > 0 {
			if err := tlog.CheckTree(proof, head.N, head.Hash, old, roots[old]); err != nil {
				return fmt.Errorf("witness request %d: %w", n, err)
			}
			c.count["proofs"]++
		}
		last = signed
	}
	answer, err := os.ReadFile(filepath.Join(folder, "witness-response-2.txt"))
	if err != nil {
		return err
	}
	before := c.count["cosignatures"]
	if err := c.open(append(bytes.Clone(last), answer...)); err != nil {
		return fmt.Errorf("witness response: %w", err)
	}
	if c.count["cosignatures"] != before+1 {
		return errors.New("the witness's answer is no cosignature of its key")
	}
	return nil
}

func main() {
	keys := flag.String("keys", "", "file of `log` and `witness` keys")
	folder := flag.String("vectors", "", "folder of the vectors")
	flag.Parse()
	c := &checker{keyring{logs: map[string]note.Verifier{}}, map[string]*tree{}, map[string]int{}}
	var err error
	if *keys != "" {
		err = c.keys.readKeys(*keys)
	}
	if err == nil && *folder != "" {
		err = c.readVectors(*folder)
	}
	if err == nil {
		err = c.files(flag.Args())
	}
	if err == nil && c.count["notes"]+c.count["proofs"] == 0 {
		err = errors.New("nothing to open")
	}
	what := fmt.Sprintf("%d notes, %d cosignatures, %d roots, %d proofs", c.count["notes"], c.count["cosignatures"], c.count["roots"], c.count["proofs"])
	if err != nil {
		what = err.Error()
	}
	json.NewEncoder(os.Stdout).Encode(map[string]any{"ok": err == nil, "what": what})
	if err != nil {
		os.Exit(1)
	}
}
