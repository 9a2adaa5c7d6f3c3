// The session, with the client that the generator makes for Go.
//
//	session URL KEY FOLDER
//
// What it prints is told in tests/clients/sessions.py.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	client "session/generated"
)

// patience is how long a job may take.
const patience = 120 * time.Second

var (
	calls = map[string]int{}
	saw   = map[string]any{}
	api   *client.APIClient
	ctx   context.Context
)

func main() {
	url, key, folder := os.Args[1], os.Args[2], os.Args[3]
	os.Setenv("TMPDIR", folder) // where the client puts files
	configuration := client.NewConfiguration()
	configuration.Servers = client.ServerConfigurations{{URL: url}}
	api = client.NewAPIClient(configuration)
	ctx = with(key)

	job := aListOfNames()
	itsValues(job.GetTargetId())
	endingsOfOtherKinds()
	listsAndSearches(job.GetTargetId())
	tags(job.GetId())
	theCatalogue()
	refusals(job)
	json.NewEncoder(os.Stdout).Encode(map[string]any{"calls": calls, "saw": saw})
}

func with(key string) context.Context {
	keys := map[string]client.APIKey{"ApiKeyAuth": {Key: key, Prefix: "apk"}}
	return context.WithValue(context.Background(), client.ContextAPIKeys, keys)
}

// must counts a call and gives its answer; a call that fails ends the session.
func must[T any](name string, answer T, response *http.Response, err error) T {
	calls[name]++
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v: %s\n", name, err, bodyOf(err))
		os.Exit(1)
	}
	return answer
}

// refused counts a call that has to fail, and gives status and code of its error.
func refused(name string, response *http.Response, err error) []any {
	calls[name]++
	if err == nil {
		return []any{}
	}
	var body struct{ Error string }
	json.Unmarshal(bodyOf(err), &body)
	return []any{response.StatusCode, body.Error}
}

func bodyOf(err error) []byte {
	var failed *client.GenericOpenAPIError
	if errors.As(err, &failed) {
		return failed.Body()
	}
	return nil
}

func submit(request client.GenerateDataRequest) client.Job {
	answer, response, err := api.AiGenerateAPI.GenerateData(ctx).GenerateDataRequest(request).Execute()
	job := must("GenerateData", answer, response, err).GetJob()
	return job
}

// wait gives the job, once it is neither waiting nor worked on.
func wait(id string) *client.Job {
	for end := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		answer, response, err := api.JobsAPI.GetJobById(ctx, id).Execute()
		job := must("GetJobById", answer, response, err)
		if status := string(job.GetStatus()); status != "PENDING" && status != "STARTED" {
			return job
		}
		if time.Now().After(end) {
			fmt.Fprintln(os.Stderr, "the job does not end:", id)
			os.Exit(1)
		}
	}
}

func operationOf(id string) *client.GenerateDataOperation {
	answer, response, err := api.AiGenerateAPI.GetGenerateOperation(ctx, id).Execute()
	return must("GetGenerateOperation", answer, response, err)
}

func aListOfNames() client.Job {
	gender := client.NewGenerateDataAttribute([]string{"male", "female"})
	gender.SetLabel("Gender")
	german := client.NewGenerateDataAttribute([]string{"German"})
	request := client.NewGenerateDataRequest("German first names", "first name", false)
	request.SetDescription("a session")
	request.SetRequestedCount(12)
	request.SetAttributes([]client.GenerateDataAttribute{*gender, *german})
	request.SetMaxValueLength(20)
	request.SetFilterCharacters("[{}]")
	request.SetAllowDuplicates(false)
	request.SetTrimValues(true)
	request.SetRetentionTime(3600)
	request.SetErrorTolerance(500)
	request.SetPriority(1)
	job := submit(*request)
	saw["job_id"], saw["operation_id"] = job.GetId(), job.GetTargetId()
	ended := wait(job.GetId())
	saw["ended"] = []any{ended.GetStatus(), ended.GetTargetName(), ended.GetPercentComplete(), ended.GetResult()}
	answer, response, err := api.JobsAPI.GetJobResult(ctx, job.GetId()).Execute()
	outcome := must("GetJobResult", answer, response, err)
	saw["result"] = []any{outcome.GetJobId(), outcome.GetResult()}
	operation := operationOf(job.GetTargetId())
	saw["operation"] = []any{
		operation.GetName(), operation.GetStatus(),
		operation.GetRequestedCount(), operation.GetGeneratedCount(),
		!operation.GetSubmitTime().After(operation.GetEndTime()) &&
			!operation.GetEndTime().After(operation.GetExpirationTime()),
	}
	attributes := [][]string{}
	for _, each := range operation.GetAttributes() {
		attributes = append(attributes, append([]string{each.GetLabel()}, each.GetValues()...))
	}
	saw["attributes"] = attributes
	return job
}

func itsValues(id string) {
	page := func(request client.ApiGetGenerateValuesRequest) *client.GetGenerateDataValuesResponse {
		answer, response, err := request.Execute()
		return must("GetGenerateValues", answer, response, err)
	}
	all := func() client.ApiGetGenerateValuesRequest {
		return api.AiGenerateAPI.GetGenerateValues(ctx, id)
	}
	current := page(all().Limit(5))
	metadata := current.GetResponseMetadata()
	saw["total"] = metadata.GetTotal()
	pages := [][]string{current.GetItems()}
	for metadata.GetNextCursor() != "" {
		current = page(all().Limit(5).Cursor(metadata.GetNextCursor()))
		metadata = current.GetResponseMetadata()
		pages = append(pages, current.GetItems())
	}
	saw["pages"] = pages
	saw["back"] = page(all().Limit(5).Cursor(metadata.GetPrevCursor())).GetItems()
	saw["descending"] = page(all().Sort("-value")).GetItems()
	for name, format := range map[string]string{"json": "JSON", "lines": "SECURE_LOOKUP"} {
		file, response, err := api.AiGenerateAPI.DownloadGenerateValues(ctx, id).Format(format).Execute()
		saw[name] = saved(must("DownloadGenerateValues", file, response, err))
	}
}

func endingsOfOtherKinds() {
	request := client.NewGenerateDataRequest("too long", "first name", false)
	request.SetMaxValueLength(1)
	request.SetErrorTolerance(0)
	failing := submit(*request)
	ended := wait(failing.GetId())
	saw["failed"] = []any{
		ended.GetStatus(), operationOf(failing.GetTargetId()).GetStatus(), ended.GetErrorDetails() != "",
	}
	request = client.NewGenerateDataRequest("too many", "passport number", true)
	request.SetRequestedCount(50_000)
	large := submit(*request)
	_, response, err := api.AiGenerateAPI.DownloadGenerateValues(ctx, large.GetTargetId()).Format("SECURE_LOOKUP").Execute()
	saw["lines of several"] = refused("DownloadGenerateValues", response, err)
	response, err = api.JobsAPI.AbandonJob(ctx, large.GetId()).Execute()
	must("AbandonJob", response, response, err)
	ended = wait(large.GetId())
	saw["abandoned"] = []any{ended.GetStatus(), operationOf(large.GetTargetId()).GetStatus()}
	saw["newest"] = []string{large.GetTargetId(), failing.GetTargetId()}
}

func listsAndSearches(id string) {
	answer, response, err := api.AiGenerateAPI.GetAllGenerateOperations(ctx).Limit(1).Sort("-submit_time").Execute()
	first := must("GetAllGenerateOperations", answer, response, err)
	// A cursor carries the sort of its list.
	metadata := first.GetResponseMetadata()
	answer, response, err = api.AiGenerateAPI.GetAllGenerateOperations(ctx).Limit(1).Cursor(metadata.GetNextCursor()).Execute()
	second := must("GetAllGenerateOperations", answer, response, err)
	saw["listed"] = []string{first.GetItems()[0].GetId(), second.GetItems()[0].GetId()}
	expression := fmt.Sprintf("name EQ 'German first names' AND id EQ '%s'", id)
	answer, response, err = api.AiGenerateAPI.SearchAllGenerateOperations(ctx).Sort("name").SearchBody(search(expression)).Execute()
	found := []string{}
	for _, each := range must("SearchAllGenerateOperations", answer, response, err).GetItems() {
		found = append(found, each.GetId())
	}
	saw["found"] = found
	jobs, response, err := api.JobsAPI.GetJobs(ctx).Limit(3).Sort("-start_time").Execute()
	saw["jobs listed"] = len(must("GetJobs", jobs, response, err).GetItems())
	expression = fmt.Sprintf("target_id EQ '%s' AND status EQ 'COMPLETED'", id)
	hits, response, err := api.JobsAPI.SearchJobs(ctx).SearchBody(search(expression)).Execute()
	found = []string{}
	for _, each := range must("SearchJobs", hits, response, err).GetItems() {
		found = append(found, each.GetId())
	}
	saw["jobs found"] = found
	hits, response, err = api.JobsAPI.SearchJobs(ctx).Limit(3).Execute()
	saw["jobs found by nothing"] = len(must("SearchJobs", hits, response, err).GetItems())
}

func tags(id string) {
	added := []client.Tag{*client.NewTag("run", "1"), *client.NewTag("team", "blue"), *client.NewTag("team", "red")}
	answer, response, err := api.JobsAPI.CreateJobTags(ctx, id).TagsRequest(*client.NewTagsRequest(added)).Execute()
	seen := [][][]string{pairs(must("CreateJobTags", answer, response, err))}
	one, some := client.NewDeleteTag(), client.NewDeleteTag()
	one.SetKey("team")
	one.SetValue("red")
	some.SetKey("team")
	request := api.JobsAPI.DeleteJobTag(ctx, id)
	for _, each := range []client.ApiDeleteJobTagRequest{request.DeleteTag(*one), request.DeleteTag(*some), request} {
		response, err := each.Execute()
		must("DeleteJobTag", response, response, err)
		answer, response, err := api.JobsAPI.GetJobTags(ctx, id).Execute()
		seen = append(seen, pairs(must("GetJobTags", answer, response, err)))
	}
	saw["tags"] = seen
}

func theCatalogue() {
	models, response, err := api.AiManagementAPI.GetAllLlmModels(ctx).Sort("name").Execute()
	listed := must("GetAllLlmModels", models, response, err).GetItems()
	names := []string{}
	for _, each := range listed {
		names = append(names, each.GetName())
	}
	saw["models"] = names
	model, response, err := api.AiManagementAPI.GetLlmModel(ctx, listed[0].GetId()).Execute()
	saw["model"] = must("GetLlmModel", model, response, err).GetName()
	found, response, err := api.AiManagementAPI.GetAllLlmGateways(ctx).Sort("hostname").Execute()
	gateways := [][]any{}
	for _, each := range must("GetAllLlmGateways", found, response, err).GetItems() {
		gateways = append(gateways, []any{each.GetType(), each.GetStatus()})
	}
	saw["gateways"] = gateways
}

func refusals(job client.Job) {
	_, response, err := api.JobsAPI.GetJobById(ctx, strings.Repeat("0", 32)).Execute()
	saw["unknown job"] = refused("GetJobById", response, err)
	_, response, err = api.AiGenerateAPI.GetGenerateOperation(ctx, "nowhere").Execute()
	saw["unknown operation"] = refused("GetGenerateOperation", response, err)
	_, response, err = api.AiGenerateAPI.GetGenerateValues(ctx, job.GetTargetId()).Cursor("x").Execute()
	saw["unknown cursor"] = refused("GetGenerateValues", response, err)
	_, response, err = api.JobsAPI.SearchJobs(ctx).SearchBody(search("colour EQ 'red'")).Execute()
	saw["unknown field"] = refused("SearchJobs", response, err)
	_, response, err = api.JobsAPI.GetJobs(with("nobody.nothing")).Execute()
	saw["unknown key"] = refused("GetJobs", response, err)
	response, err = api.JobsAPI.AbandonJob(ctx, job.GetId()).Execute()
	saw["ended job"] = refused("AbandonJob", response, err)
}

func search(expression string) client.SearchBody {
	body := client.NewSearchBody()
	body.SetFilterExpression(expression)
	return *body
}

func pairs(answer *client.TagsResponse) [][]string {
	found := [][]string{}
	for _, each := range answer.GetTags() {
		found = append(found, []string{each.GetKey(), each.GetValue()})
	}
	return found
}

// saved gives the text of a download; the client's names for files say nothing.
func saved(file *os.File) []string {
	defer file.Close()
	text, err := io.ReadAll(file)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return []string{"", string(text)}
}
