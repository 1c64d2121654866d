<?php // Gives each visitor of your pages a chat session: POST /chat/session. App key, app secret and ticket key stay here.
// To try it: php -S 127.0.0.1:8080 backend.php

function call(string $path, array $headers, array $body): array {
    $http = ['method' => 'POST', 'header' => ['content-type: application/json', ...$headers], 'content' => json_encode($body), 'timeout' => 10];
    $response = @file_get_contents(getenv('UPSTREAM_BASE_URL') . $path, false, stream_context_create(['http' => $http]));
    return json_decode($response ?: throw new Exception("$path fails"), true, 8, JSON_THROW_ON_ERROR);
}

function session_of(string $userId, string $channelId): array {
    $keys = ['app_key' => getenv('APP_KEY'), 'app_secret' => getenv('APP_SECRET')];
    $access = call('/apigovernance/api/oauth/tokenByAkSk', ['x-token-expire: 3600'], $keys)['AccessToken']; // Cache it with APCu.
    $headers = ['x-app-key: ' . getenv('APP_KEY'), "authorization: Bearer $access"];
    $visitor = ['userId' => $userId, 'userName' => 'Visitor', 'channelId' => $channelId, 'locale' => 'en'];
    $token = call('/apiaccess/ccmessaging/applyToken', $headers, $visitor)['token'];
    return ['token' => $token, 'ticket' => ticket_of($userId, $channelId), 'userId' => $userId, 'channelId' => $channelId];
}

/** A JWT for the gateway: whose chat it is, for an hour. */
function ticket_of(string $userId, string $channelId): string {
    $claims = ['sub' => $userId, 'aud' => $channelId, 'exp' => time() + 3600];
    $signed = base64url(json_encode(['alg' => 'HS256', 'typ' => 'JWT'])) . '.' . base64url(json_encode($claims));
    return "$signed." . base64url(hash_hmac('sha256', $signed, getenv('CHAT_TICKET_KEY'), true));
}

function base64url(string $bytes): string {
    return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
}

[$scheme, $site] = explode('://', $_SERVER['HTTP_ORIGIN'] ?? '', 2) + ['', ''];
if ("$_SERVER[REQUEST_METHOD] $_SERVER[REQUEST_URI]" !== 'POST /chat/session') exit(http_response_code(404));
if ($site === '' || $site !== ($_SERVER['HTTP_HOST'] ?? '')) exit(http_response_code(403)); // another site's page
$visitor = preg_match('/^[\w-]{43}$/D', $_COOKIE['chat'] ?? '') ? $_COOKIE['chat'] : base64url(random_bytes(32));
try { // Agents see the user's id, but never the cookie.
    $answer = session_of(substr(hash('sha256', $visitor), 0, 24), getenv('CHANNEL_ID'));
} catch (Throwable $error) {
    error_log($error->getMessage());
    http_response_code(502);
}
setcookie('chat', $visitor, ['path' => '/chat', 'httponly' => true, 'samesite' => 'Lax', 'secure' => $scheme === 'https']);
header('content-type: application/json');
header('cache-control: no-store');
echo json_encode($answer ?? new stdClass());
