import com.google.gson.Gson;
import com.google.gson.JsonParser;
import java.io.File;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.AiGenerateApi;
import org.openapitools.client.api.AiManagementApi;
import org.openapitools.client.api.JobsApi;
import org.openapitools.client.model.*;

/**
 * The session, with the client that the generator's default library makes for Java.
 *
 * <p>{@code java Session URL KEY FOLDER}; what it prints is told in {@code tests/clients/sessions.py}.
 */
public final class Session {
  /** Milliseconds that a job may take. */
  private static final long PATIENCE = 120_000;

  private final Map<String, Integer> calls = new TreeMap<>();
  private final Map<String, Object> saw = new LinkedHashMap<>();
  private final String url;
  private final AiGenerateApi generate;
  private final AiManagementApi management;
  private final JobsApi jobs;

  private interface Call<T> {
    T run() throws ApiException;
  }

  private interface Quiet {
    void run() throws ApiException;
  }

  private Session(String url, String key, String folder) {
    this.url = url;
    ApiClient client = client(key);
    client.setTempFolderPath(folder);
    generate = new AiGenerateApi(client);
    management = new AiManagementApi(client);
    jobs = new JobsApi(client);
  }

  public static void main(String[] arguments) throws Exception {
    Session session = new Session(arguments[0], arguments[1], arguments[2]);
    session.run();
    Map<String, Object> report = Map.of("calls", session.calls, "saw", session.saw);
    System.out.println(new Gson().toJson(report));
    System.exit(0); // The client's threads would keep the process for a while.
  }

  private void run() throws Exception {
    Job job = aListOfNames();
    itsValues(job.getTargetId());
    endingsOfOtherKinds();
    listsAndSearches(job.getTargetId());
    tags(job.getId());
    theCatalogue();
    refusals(job);
  }

  private Job aListOfNames() throws Exception {
    Job job =
        submit(
            request("German first names")
                .description("a session")
                .requestedCount(12)
                .addAttributesItem(
                    new GenerateDataAttribute().label("Gender").values(List.of("male", "female")))
                .addAttributesItem(new GenerateDataAttribute().values(List.of("German")))
                .maxValueLength(20)
                .filterCharacters("[{}]")
                .allowDuplicates(false)
                .trimValues(true)
                .retentionTime(3600L)
                .errorTolerance(500)
                .priority(1));
    saw.put("job_id", job.getId());
    saw.put("operation_id", job.getTargetId());
    Job ended = await(job.getId());
    saw.put(
        "ended",
        list(
            ended.getStatus(),
            ended.getTargetName(),
            ended.getPercentComplete(),
            ended.getResult()));
    var outcome = call("getJobResult", () -> jobs.getJobResult(job.getId()));
    saw.put("result", list(outcome.getJobId(), outcome.getResult()));
    GenerateDataOperation operation = operation(job.getTargetId());
    saw.put(
        "operation",
        list(
            operation.getName(),
            operation.getStatus(),
            operation.getRequestedCount(),
            operation.getGeneratedCount(),
            !operation.getSubmitTime().isAfter(operation.getEndTime())
                && !operation.getEndTime().isAfter(operation.getExpirationTime())));
    List<Object> attributes = new ArrayList<>();
    for (GenerateDataAttribute each : operation.getAttributes()) {
      List<Object> one = list(each.getLabel() == null ? "" : each.getLabel());
      one.addAll(each.getValues());
      attributes.add(one);
    }
    saw.put("attributes", attributes);
    return job;
  }

  private void itsValues(String id) throws Exception {
    List<List<String>> pages = new ArrayList<>();
    var page = values(id, 5, null, null);
    saw.put("total", page.getResponseMetadata().getTotal());
    pages.add(page.getItems());
    while (page.getResponseMetadata().getNextCursor() != null) {
      page = values(id, 5, page.getResponseMetadata().getNextCursor(), null);
      pages.add(page.getItems());
    }
    saw.put("pages", pages);
    saw.put("back", values(id, 5, page.getResponseMetadata().getPrevCursor(), null).getItems());
    saw.put("descending", values(id, null, null, "-value").getItems());
    saw.put("json", saved(download(id, "JSON")));
    saw.put("lines", saved(download(id, "SECURE_LOOKUP")));
  }

  private void endingsOfOtherKinds() throws Exception {
    Job failing = submit(request("too long").maxValueLength(1).errorTolerance(0));
    Job ended = await(failing.getId());
    saw.put(
        "failed",
        list(
            ended.getStatus(),
            operation(failing.getTargetId()).getStatus(),
            !ended.getErrorDetails().isEmpty()));
    Job large =
        submit(
            request("too many")
                .dataType("passport number")
                .requestedCount(50_000)
                .multilineValues(true));
    saw.put("lines of several", refused(() -> download(large.getTargetId(), "SECURE_LOOKUP")));
    quietly("abandonJob", () -> jobs.abandonJob(large.getId()));
    ended = await(large.getId());
    saw.put("abandoned", list(ended.getStatus(), operation(large.getTargetId()).getStatus()));
    saw.put("newest", list(large.getTargetId(), failing.getTargetId()));
  }

  private void listsAndSearches(String id) throws Exception {
    var first =
        call(
            "getAllGenerateOperations",
            () -> generate.getAllGenerateOperations(1, null, "-submit_time"));
    // A cursor carries the sort of its list.
    String cursor = first.getResponseMetadata().getNextCursor();
    var second =
        call(
            "getAllGenerateOperations", () -> generate.getAllGenerateOperations(1, cursor, null));
    saw.put("listed", list(first.getItems().get(0).getId(), second.getItems().get(0).getId()));
    List<Object> found = new ArrayList<>();
    SearchBody body = search("name EQ 'German first names' AND id EQ '" + id + "'");
    call(
            "searchAllGenerateOperations",
            () -> generate.searchAllGenerateOperations(null, null, "name", body))
        .getItems()
        .forEach(operation -> found.add(operation.getId()));
    saw.put("found", found);
    var listed = call("getJobs", () -> jobs.getJobs(3, null, "-start_time"));
    saw.put("jobs listed", listed.getItems().size());
    List<Object> jobsFound = new ArrayList<>();
    SearchBody ofTarget = search("target_id EQ '" + id + "' AND status EQ 'COMPLETED'");
    call("searchJobs", () -> jobs.searchJobs(null, null, null, ofTarget))
        .getItems()
        .forEach(job -> jobsFound.add(job.getId()));
    saw.put("jobs found", jobsFound);
    var all = call("searchJobs", () -> jobs.searchJobs(3, null, null, null));
    saw.put("jobs found by nothing", all.getItems().size());
  }

  private void tags(String id) throws Exception {
    TagsRequest body = new TagsRequest();
    body.addTagsItem(new Tag().key("run").value("1"));
    body.addTagsItem(new Tag().key("team").value("blue"));
    body.addTagsItem(new Tag().key("team").value("red"));
    List<Object> seen = list(pairs(call("createJobTags", () -> jobs.createJobTags(id, body))));
    DeleteTag one = new DeleteTag().key("team").value("red");
    for (DeleteTag some : Arrays.asList(one, new DeleteTag().key("team"), null)) {
      quietly("deleteJobTag", () -> jobs.deleteJobTag(id, some));
      seen.add(pairs(call("getJobTags", () -> jobs.getJobTags(id))));
    }
    saw.put("tags", seen);
  }

  private void theCatalogue() throws Exception {
    List<Object> names = new ArrayList<>();
    var models = call("getAllLlmModels", () -> management.getAllLlmModels(null, null, "name"));
    models.getItems().forEach(model -> names.add(model.getName()));
    saw.put("models", names);
    String id = models.getItems().get(0).getId();
    saw.put("model", call("getLlmModel", () -> management.getLlmModel(id)).getName());
    List<Object> gateways = new ArrayList<>();
    call("getAllLlmGateways", () -> management.getAllLlmGateways(null, null, "hostname"))
        .getItems()
        .forEach(gateway -> gateways.add(list(gateway.getType(), gateway.getStatus())));
    saw.put("gateways", gateways);
  }

  private void refusals(Job job) throws Exception {
    saw.put("unknown job", refused(() -> poll("0".repeat(32))));
    saw.put("unknown operation", refused(() -> operation("nowhere")));
    saw.put("unknown cursor", refused(() -> values(job.getTargetId(), null, "x", null)));
    SearchBody body = search("colour EQ 'red'");
    saw.put(
        "unknown field",
        refused(() -> call("searchJobs", () -> jobs.searchJobs(null, null, null, body))));
    JobsApi stranger = new JobsApi(client("nobody.nothing"));
    saw.put(
        "unknown key", refused(() -> call("getJobs", () -> stranger.getJobs(null, null, null))));
    saw.put(
        "ended job", refused(() -> quietly("abandonJob", () -> jobs.abandonJob(job.getId()))));
  }

  private ApiClient client(String key) {
    ApiClient client = new ApiClient();
    client.setBasePath(url);
    client.setApiKeyPrefix("apk");
    client.setApiKey(key);
    return client;
  }

  private GenerateDataRequest request(String name) {
    return new GenerateDataRequest().name(name).dataType("first name").multilineValues(false);
  }

  private Job submit(GenerateDataRequest request) throws ApiException {
    return call("generateData", () -> generate.generateData(request)).getJob();
  }

  private Job poll(String id) throws ApiException {
    return call("getJobById", () -> jobs.getJobById(id));
  }

  private GenerateDataOperation operation(String id) throws ApiException {
    return call("getGenerateOperation", () -> generate.getGenerateOperation(id));
  }

  private GetGenerateDataValuesResponse values(
      String id, Integer limit, String cursor, String sort) throws ApiException {
    return call("getGenerateValues", () -> generate.getGenerateValues(id, limit, cursor, sort));
  }

  private File download(String id, String format) throws ApiException {
    return call("downloadGenerateValues", () -> generate.downloadGenerateValues(id, format));
  }

  /** The job, once it is neither waiting nor worked on. */
  private Job await(String id) throws Exception {
    long end = System.currentTimeMillis() + PATIENCE;
    while (true) {
      Job job = poll(id);
      String status = String.valueOf(job.getStatus());
      if (!status.equals("PENDING") && !status.equals("STARTED")) {
        return job;
      }
      if (System.currentTimeMillis() > end) {
        throw new IllegalStateException("the job does not end: " + id);
      }
      Thread.sleep(100);
    }
  }

  private <T> T call(String name, Call<T> method) throws ApiException {
    calls.merge(name, 1, Integer::sum);
    return method.run();
  }

  private void quietly(String name, Quiet method) throws ApiException {
    calls.merge(name, 1, Integer::sum);
    method.run();
  }

  /** Status and code of the error that comes. */
  private static List<Object> refused(Quiet method) {
    try {
      method.run();
      return List.of();
    } catch (ApiException error) {
      var body = JsonParser.parseString(error.getResponseBody()).getAsJsonObject();
      return list(error.getCode(), body.get("error").getAsString());
    }
  }

  private static SearchBody search(String expression) {
    return new SearchBody().filterExpression(expression);
  }

  private static List<Object> pairs(TagsResponse answer) {
    List<Object> pairs = new ArrayList<>();
    answer.getTags().forEach(tag -> pairs.add(list(tag.getKey(), tag.getValue())));
    return pairs;
  }

  private static List<Object> saved(File file) throws Exception {
    return list(file.getName(), Files.readString(file.toPath()));
  }

  /** May hold nulls, unlike {@link List#of}. */
  private static List<Object> list(Object... items) {
    return new ArrayList<>(Arrays.asList(items));
  }
}
