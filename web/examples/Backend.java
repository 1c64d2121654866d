// Gives each visitor of your pages a chat session: POST /chat/session. App key, app secret and ticket key stay here.
import java.net.*; // To try it, with Java 17 or newer: java Backend.java
import java.net.http.*;
import java.util.*;
class Backend {
    static final Map<String, String> ENV = System.getenv();
    static String call(String path, String member, String body, String... headers) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(ENV.get("UPSTREAM_BASE_URL") + path)).timeout(java.time.Duration.ofSeconds(10))
            .header("content-type", "application/json").headers(headers).POST(HttpRequest.BodyPublishers.ofString(body)).build();
        var answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
        return new Scanner(answer).findAll("\"" + member + "\"\\s*:\\s*\"([^\"]+)").findFirst().orElseThrow().group(1);
    }
    static String sessionOf(String user) throws Exception { // With many visitors, keep the access token for an hour.
        String key = ENV.get("APP_KEY"), channel = ENV.get("CHANNEL_ID");
        var keys = "{\"app_key\":\"%s\",\"app_secret\":\"%s\"}".formatted(key, ENV.get("APP_SECRET"));
        var access = "Bearer " + call("/apigovernance/api/oauth/tokenByAkSk", "AccessToken", keys, "x-token-expire", "3600");
        var visitor = "{\"userId\":\"%s\",\"userName\":\"Visitor\",\"channelId\":\"%s\",\"locale\":\"en\"}".formatted(user, channel);
        var token = call("/apiaccess/ccmessaging/applyToken", "token", visitor, "x-app-key", key, "authorization", access);
        var claims = "{\"sub\":\"%s\",\"aud\":\"%s\",\"exp\":%d}".formatted(user, channel, System.currentTimeMillis() / 1000 + 3600);
        var base64 = Base64.getUrlEncoder().withoutPadding(); // The ticket is a JWT for the gateway: whose chat it is, for an hour.
        var signed = base64.encodeToString("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes()) + "." + base64.encodeToString(claims.getBytes());
        var mac = javax.crypto.Mac.getInstance("HmacSHA256");
        mac.init(new javax.crypto.spec.SecretKeySpec(ENV.get("CHAT_TICKET_KEY").getBytes(), "HmacSHA256"));
        var signature = base64.encodeToString(mac.doFinal(signed.getBytes()));
        return "{\"token\":\"%s\",\"ticket\":\"%s.%s\",\"userId\":\"%s\",\"channelId\":\"%s\"}".formatted(token, signed, signature, user, channel);
    }
    public static void main(String[] arguments) throws Exception {
        var address = new InetSocketAddress(ENV.getOrDefault("HOST", "127.0.0.1"), Integer.parseInt(ENV.getOrDefault("PORT", "8080")));
        com.sun.net.httpserver.HttpServer.create(address, 0).createContext("/chat/session", exchange -> {
            var request = exchange.getRequestHeaders();
            String origin = "" + request.getFirst("Origin"), cookie = "" + request.getFirst("Cookie"), answer = "{}";
            var known = new Scanner(cookie).findAll("(?:^|; )chat=([\\w-]{72})(?:;|$)").findFirst();
            var visitor = known.map(found -> found.group(1)).orElse("" + UUID.randomUUID() + UUID.randomUUID()); // 244 random bits
            int status = !(exchange.getRequestMethod() + exchange.getRequestURI()).equals("POST/chat/session") ? 404
                : origin.replaceFirst("^https?://", "").equals(request.getFirst("Host")) ? 200 : 403; // 403: another site's page
            try { // Agents see the first half of the cookie's hash, but never the cookie.
                if (status == 200) answer = sessionOf(HexFormat.of().formatHex(java.security.MessageDigest.getInstance("SHA-256").digest(visitor.getBytes()), 0, 12));
            } catch (Exception error) { status = 502; }
            exchange.getResponseHeaders().putAll(Map.of("content-type", List.of("application/json"), "cache-control", List.of("no-store"),
                "set-cookie", List.of("chat=" + visitor + "; Path=/chat; HttpOnly; SameSite=Lax" + (origin.startsWith("https:") ? "; Secure" : ""))));
            exchange.sendResponseHeaders(status, answer.length());
            try (var body = exchange.getResponseBody()) { body.write(answer.getBytes()); }
        }).getServer().start();
    }
}
