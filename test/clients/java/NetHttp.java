import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Base64;

/** A service account with java.net.http. */
final class NetHttp {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  public static void main(String[] args) throws Exception {
    var token = token(System.getenv("MONGODB_ATLAS_CLIENT_SECRET")).field("access_token");
    Life.of((method, url, body) -> send(token, method, url, body));
    var wrong = send("wrong", "GET", Life.LINKS, null);
    Life.check("a wrong token: 401", wrong.status() == 401, wrong);
    var refused = token("wrong");
    Life.check("a wrong secret: invalid_client", refused.field("error").equals("invalid_client"), refused);
    Life.end();
  }

  private static Life.Reply token(String secret) throws Exception {
    var account = System.getenv("MONGODB_ATLAS_CLIENT_ID") + ":" + secret;
    return receive(
        HttpRequest.newBuilder(URI.create(Life.BASE_URL + "/api/oauth/token"))
            .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(account.getBytes()))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString("grant_type=client_credentials")));
  }

  private static Life.Reply send(String token, String method, String url, String body) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(url))
            .header("Authorization", "Bearer " + token)
            .header("Accept", Life.ACCEPT)
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    return receive(body == null ? request : request.header("Content-Type", "application/json"));
  }

  private static Life.Reply receive(HttpRequest.Builder request) throws Exception {
    var response = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    return new Life.Reply(response.statusCode(), response.body());
  }
}
