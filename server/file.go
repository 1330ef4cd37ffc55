package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// file is the configuration file: a JSON object whose members are flags without their dashes, as in
//
//	{"listen": "127.0.0.1:9000", "allow-origin": ["https://a.example"], "limit": {"connections-per-user": 50}}
//
// where the flags of a section may stand in an object of their own. It is a kong.Resolver, which comes after the environment.
type file struct{ values map[string]string }

// maxFile is the longest configuration file.
const maxFile = 1 << 20

// readFile is a kong.ConfigurationLoader. A member that stands twice is a fault, like everything that is not JSON.
func readFile(r io.Reader) (kong.Resolver, error) {
	var members map[string]jsontext.Value
	if err := json.UnmarshalRead(io.LimitReader(r, maxFile), &members); err != nil {
		return nil, errors.New("the configuration file is not a JSON object: " + place(err))
	}
	f := &file{values: map[string]string{}}
	return f, f.add("", members)
}

// place tells where a file is not JSON, without quoting it.
func place(err error) string {
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return fmt.Sprintf("look at byte %d", syntax.ByteOffset)
	}
	return "its members must be named like flags"
}

func (f *file) add(prefix string, members map[string]jsontext.Value) error {
	for name, raw := range members {
		text, err := plain(raw)
		if raw.Kind() == '{' {
			var section map[string]jsontext.Value
			if err := json.Unmarshal(raw, &section); err != nil {
				return fmt.Errorf("the configuration file's %q: %s", prefix+name, place(err))
			}
			if err := f.add(prefix+name+"-", section); err != nil {
				return err
			}
			continue
		}
		if _, twice := f.values[prefix+name]; twice || err != nil {
			return fmt.Errorf("the configuration file's %q must be one text, number, true, false, or list of texts", prefix+name)
		}
		f.values[prefix+name] = text
	}
	return nil
}

// plain is a value as it would be given to a flag.
func plain(raw jsontext.Value) (string, error) {
	switch raw.Kind() {
	case '"':
		var text string
		return text, json.Unmarshal(raw, &text)
	case '[':
		var list []string
		err := json.Unmarshal(raw, &list)
		return strings.Join(list, ","), err
	case 'n', '{':
		return "", errors.New("not plain")
	}
	return raw.String(), nil
}

// Validate reports every member that is no flag's.
func (f *file) Validate(app *kong.Application) error {
	known := map[string]bool{}
	var look func(*kong.Node)
	look = func(node *kong.Node) {
		for _, flag := range node.Flags {
			known[flag.Name] = true
		}
		for _, child := range node.Children {
			look(child)
		}
	}
	look(app.Node)
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(f.values)) {
		if !known[name] || name == "config" || name == "help" {
			faults = append(faults, fmt.Errorf("the configuration file has %s, which is not a flag", strconv.Quote(name)))
		}
	}
	return errors.Join(faults...)
}

// Resolve gives a flag that stands neither on the command line nor in the environment its value.
func (f *file) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	text, given := f.values[flag.Name]
	if _, set := fromEnvironment(flag); !given || set {
		return nil, nil
	}
	return text, nil
}

// fromEnvironment names the environment variable that gives a flag its value.
func fromEnvironment(flag *kong.Flag) (variable string, set bool) {
	for _, name := range flag.Envs {
		if _, set := os.LookupEnv(name); set {
			return name, true
		}
	}
	return "", false
}
