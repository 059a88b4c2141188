// POST /api/generate-courier-jwt for Spring: a Courier token for whoever is signed in, and for nobody else.
// Save it as CourierTokenController.java in a package that Spring scans.
// It needs Java 11, spring-boot-starter-web, and COURIER_API_KEY in the environment, or courier.api-key as a property.
// With Spring Boot 4, import tools.jackson.databind.ObjectMapper in place of com.fasterxml's.
// Spring Security's CSRF protection, where it is on, stays on: the front end sends X-XSRF-TOKEN.
// The how-to: https://www.courier.com/docs/tutorials/inbox/how-to-send-jwt

package com.example.controller;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.*;
import org.springframework.web.bind.annotation.*;

@RestController
public class CourierTokenController {

    private static final Logger log = LoggerFactory.getLogger(CourierTokenController.class);
    private static final String SCOPES =
            "inbox:read:messages inbox:write:events read:preferences write:preferences read:brands";
    private static final String EXPIRES_IN = "1d";
    // A space in an id would add scopes.
    private static final String USER_ID = "[^\\p{Z}\\p{C}]{1,256}";
    // A gateway that echoes what it is sent would give the key away.
    private static final String TOKEN = "[\\w-]+\\.[\\w-]+\\.[\\w-]+";
    private static final int LONGEST_BODY = 10_000;
    private static final int LONGEST_ANSWER = 100_000;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http = HttpClient.newBuilder()
            // A local Courier's http knows no HTTP/2.
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    private final String apiKey;
    private final URI courier;

    public CourierTokenController(
            @Value("${courier.api-key}") String apiKey,
            @Value("${courier.base-url:https://api.courier.com}") String baseUrl) {
        // HttpRequest's own refusal would have the key in it.
        if (!apiKey.matches("[!-~]+")) throw new IllegalArgumentException("COURIER_API_KEY is not an API key");
        this.apiKey = apiKey;
        this.courier = URI.create(baseUrl.replaceAll("/+$", "") + "/auth/issue-token");
    }

    @PostMapping(path = "/api/generate-courier-jwt", consumes = MediaType.APPLICATION_JSON_VALUE)
    public ResponseEntity<Map<String, String>> create(
            @SessionAttribute(name = "userId", required = false) Object signedIn, // Put your own way here.
            InputStream request) throws IOException {
        String user = signedIn == null ? "" : signedIn.toString();
        if (user.isEmpty()) return refuse(401);
        byte[] text = request.readNBytes(LONGEST_BODY + 1);
        if (text.length > LONGEST_BODY) return refuse(413);
        Map<?, ?> body = text.length == 0 ? Map.of() : objectIn(text);
        if (body == null) return refuse(400);
        Object named = body.get("userId");
        if (named == null || named.equals(user)) return mint(user);
        return refuse(named instanceof String ? 403 : 400);
    }

    private ResponseEntity<Map<String, String>> mint(String user) throws IOException {
        if (!user.matches(USER_ID)) return failed(user, 400, "not a user id");
        HttpResponse<byte[]> response;
        try {
            response = askCourier(user);
        } catch (CompletionException e) {
            return failed(user, 503, e.getCause().getClass().getName());
        }
        int status = response.statusCode();
        Map<?, ?> body = status == 200 ? objectIn(response.body()) : null;
        if (body == null || !(body.get("token") instanceof String) || !((String) body.get("token")).matches(TOKEN))
            return failed(user, status == 429 || status >= 500 ? 503 : 502, "status " + status);
        log.info("courier token: for \"{}\", {}, {}", user, SCOPES, EXPIRES_IN);
        return answer(200, Map.of("token", (String) body.get("token"), "expiresIn", EXPIRES_IN));
    }

    private HttpResponse<byte[]> askCourier(String user) throws IOException {
        Map<String, String> body = Map.of("scope", "user_id:" + user + " " + SCOPES, "expires_in", EXPIRES_IN);
        HttpRequest request = HttpRequest.newBuilder(courier)
                .header("Authorization", "Bearer " + apiKey)
                .header("Content-Type", MediaType.APPLICATION_JSON_VALUE)
                .timeout(TIMEOUT)
                .POST(HttpRequest.BodyPublishers.ofString(json.writeValueAsString(body)))
                .build();
        CompletableFuture<HttpResponse<byte[]>> answer = http.sendAsync(request, head -> boundedText());
        try {
            // The request's own timeout ends with the answer's headers.
            return answer.copy().orTimeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS).join();
        } finally {
            // From Java 16 on it ends the exchange, too.
            answer.cancel(true);
        }
    }

    /** An answer without an end would fill the memory. */
    private static BodySubscriber<byte[]> boundedText() {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        return BodySubscribers.mapping(BodySubscribers.ofByteArrayConsumer(piece -> {
            if (text.size() > LONGEST_ANSWER) throw new IllegalStateException("too long");
            piece.ifPresent(text::writeBytes);
        }), end -> text.toByteArray());
    }

    /** Null for what is no JSON object. */
    private Map<?, ?> objectIn(byte[] text) {
        try {
            return json.readValue(text, Map.class);
        } catch (Exception e) {
            return null;
        }
    }

    private ResponseEntity<Map<String, String>> failed(String user, int status, String reason) throws IOException {
        log.error("courier token: none for {}: {}", json.writeValueAsString(user), reason);
        return refuse(status);
    }

    private static ResponseEntity<Map<String, String>> refuse(int status) {
        return answer(status, Map.of("error", HttpStatus.valueOf(status).getReasonPhrase()));
    }

    private static ResponseEntity<Map<String, String>> answer(int status, Map<String, String> body) {
        return ResponseEntity.status(status).cacheControl(CacheControl.noStore()).body(body);
    }
}
