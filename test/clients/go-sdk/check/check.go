// Package check counts expectations, and knows the project that a program runs in.
package check

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

// The project and its owner, as the emulator names them for Go programs.
var (
	BaseURL      = os.Getenv("MONGODB_ATLAS_BASE_URL")
	Project      = os.Getenv("MONGODB_ATLAS_PROJECT_ID")
	PublicKey    = os.Getenv("MONGODB_ATLAS_PUBLIC_KEY")
	PrivateKey   = os.Getenv("MONGODB_ATLAS_PRIVATE_KEY")
	ClientID     = os.Getenv("MONGODB_ATLAS_CLIENT_ID")
	ClientSecret = os.Getenv("MONGODB_ATLAS_CLIENT_SECRET")
	Observed     = os.Getenv("PROFILE") == "observed"
)

var failed bool

// That prints one expectation, with what was seen where it does not hold.
func That(title string, held bool, seen ...any) {
	if held {
		fmt.Println("ok  ", title)
		return
	}
	failed = true
	fmt.Println("FAIL", title, fmt.Sprint(seen...))
}

// Control calls the emulator's control API for the project.
func Control(path, body string) {
	client := &http.Client{Transport: &http.Transport{}}
	response, err := client.Post(os.Getenv("CONTROL_URL")+path, "application/json", strings.NewReader(body))
	if err != nil || response.StatusCode >= 300 {
		That("control API: "+path, false, response, err)
	}
}

// Send sends a request with a client's own HTTP client, and returns status and body.
func Send(client *http.Client, method, path, accept, body string) (int, string) {
	request, err := http.NewRequest(method, BaseURL+path, strings.NewReader(body))
	if err != nil {
		return 0, err.Error()
	}
	request.Header.Set("Accept", accept)
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err.Error()
	}
	return response.StatusCode, string(text)
}

// End ends the program.
func End() {
	if failed {
		os.Exit(1)
	}
}
