package api

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"go.uber.org/goleak"

	"github.com/coscribe/coscribe/server/wire"
)

// The description that the server gives of itself, read once.
var described = sync.OnceValues(func() (*openapi3.T, routers.Router) {
	doc, err := openapi3.NewLoader().LoadFromData(openAPI)
	if err != nil {
		panic(err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		panic(err)
	}
	router, err := legacy.NewRouter(doc)
	if err != nil {
		panic(err)
	}
	openapi3filter.RegisterBodyDecoder("application/x-ndjson", openapi3filter.PlainBodyDecoder)
	openapi3filter.RegisterBodyDecoder(wire.EventStream, openapi3filter.PlainBodyDecoder)
	return doc, router
})

// seen is which operations have answered, and whether with success or a refusal.
var seen struct {
	mu      sync.Mutex
	success map[string]bool // guarded by mu
	refusal map[string]bool // guarded by mu
}

func TestMain(m *testing.M) {
	seen.success, seen.refusal = make(map[string]bool), make(map[string]bool)
	code := m.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	if code == 0 && flag.Lookup("test.run").Value.String() == "" {
		for _, missing := range unseenOperations() {
			fmt.Fprintln(os.Stderr, "no test has seen", missing)
			code = 1
		}
	}
	os.Exit(code)
}

// unseenOperations are those of the description that no test has brought to success, or to a refusal.
func unseenOperations() []string {
	neverRefuses := []string{"live", "showOpenAPI"}
	doc, _ := described()
	var missing []string
	for _, item := range doc.Paths.Map() {
		for _, operation := range item.Operations() {
			name := operation.OperationID
			if name == "openSocket" {
				continue // package socket's
			}
			if !seen.success[name] {
				missing = append(missing, name+" succeed")
			}
			if !seen.refusal[name] && !slices.Contains(neverRefuses, name) {
				missing = append(missing, name+" refuse")
			}
		}
	}
	slices.Sort(missing)
	return missing
}

// recorder holds every exchange of the tests against the description: an answer must be as described, and a request that
// had success must have been as described as well.
type recorder struct{ next http.RoundTripper }

func (rec recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	_, router := described()
	var sent []byte
	if request.Body != nil {
		var err error
		if sent, err = io.ReadAll(request.Body); err != nil {
			return nil, err
		}
		request.Body = io.NopCloser(bytes.NewReader(sent))
	}
	response, err := rec.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	asked := request.Clone(context.Background())
	asked.URL.Scheme, asked.URL.Host = "", ""
	route, params, err := router.FindRoute(asked)
	if err != nil || route.Operation.OperationID == "openSocket" {
		return response, nil // pages, and what the server must answer with 404 and 405 by itself
	}
	var all io.Reader = response.Body
	if response.Header.Get("Content-Type") == wire.EventStream {
		defer response.Body.Close()
		all = io.LimitReader(response.Body, 1) // of what does not end, the beginning: it is one
	}
	body, err := io.ReadAll(all)
	response.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), failing{err}))
	if err != nil {
		return response, nil // cut off, for the caller to see
	}
	asked.Body = io.NopCloser(bytes.NewReader(sent))
	input := &openapi3filter.RequestValidationInput{
		Request: asked, PathParams: params, Route: route,
		Options: &openapi3filter.Options{
			AuthenticationFunc:    openapi3filter.NoopAuthenticationFunc,
			IncludeResponseStatus: true,
		},
	}
	name, success := route.Operation.OperationID, response.StatusCode < 400
	if success {
		if err := openapi3filter.ValidateRequest(context.Background(), input); err != nil {
			return nil, fmt.Errorf("%s succeeds with a request that openapi.yaml does not describe: %w", name, err)
		}
	}
	err = openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: response.StatusCode, Header: response.Header,
		Body: io.NopCloser(bytes.NewReader(body)), Options: input.Options,
	})
	if err != nil {
		return nil, fmt.Errorf("%s answers %d otherwise than openapi.yaml describes: %w", name, response.StatusCode, err)
	}
	seen.mu.Lock()
	defer seen.mu.Unlock()
	if success {
		seen.success[name] = true
	} else {
		seen.refusal[name] = true
	}
	return response, nil
}

// failing is the end of a body that broke off, or its plain end.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err == nil {
		return 0, io.EOF
	}
	return 0, f.err
}

// Every route that is mounted is described, and every route that is described is mounted.
func TestEveryRouteIsDescribed(t *testing.T) {
	doc, _ := described()
	inDocument := make(map[string]bool)
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			inDocument[method+" "+path] = true
		}
	}
	mounted := map[string]bool{"GET /v1/documents/{id}/socket": true}
	var a API
	for _, route := range append(a.routes(), a.openRoutes()...) {
		mounted[route.pattern] = true
	}
	for pattern := range mounted {
		if !inDocument[pattern] {
			t.Errorf("%s is mounted and not described in openapi.yaml", pattern)
		}
	}
	for pattern := range inDocument {
		if !mounted[pattern] {
			t.Errorf("%s is described in openapi.yaml and not mounted", pattern)
		}
	}
}

// What a mounted route's name promises is there: no path with a colon, which http.ServeMux panics on.
func TestRoutesAreServable(t *testing.T) {
	var a API
	for _, route := range append(a.routes(), a.openRoutes()...) {
		method, path, ok := strings.Cut(route.pattern, " ")
		if !ok || method == "" || strings.Contains(path, ":") || strings.HasSuffix(path, "/") {
			t.Errorf("%q", route.pattern)
		}
	}
}
