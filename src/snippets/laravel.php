<?php

// POST /api/generate-courier-jwt for Laravel: a Courier token for whoever is signed in, and for nobody else.
// Save it as app/Http/Controllers/CourierTokenController.php, and mount it in routes/web.php, which has the session:
//   Route::post('/api/generate-courier-jwt', App\Http\Controllers\CourierTokenController::class);
// It needs Laravel 8 or later on PHP 8, COURIER_API_KEY in the environment, and in config/services.php:
//   'courier' => ['key' => env('COURIER_API_KEY'), 'url' => env('COURIER_BASE_URL')],
// Laravel's CSRF protection stays on: the front end sends X-XSRF-TOKEN, as axios does by itself, or X-CSRF-TOKEN.
// The how-to: https://www.courier.com/docs/tutorials/inbox/how-to-send-jwt

namespace App\Http\Controllers;

use GuzzleHttp\Psr7\DroppingStream;
use GuzzleHttp\Psr7\Utils;
use Illuminate\Http\Client\Response;
use Illuminate\Http\JsonResponse;
use Illuminate\Http\Request;
use Illuminate\Support\Facades\Auth;
use Illuminate\Support\Facades\Http;
use Illuminate\Support\Facades\Log;
use RuntimeException;
use Throwable;

class CourierTokenController extends Controller
{
    private const SCOPES = 'inbox:read:messages inbox:write:events read:preferences write:preferences read:brands';
    private const EXPIRES_IN = '1d';
    // A space in an id would add scopes.
    private const USER_ID = '/\A[^\p{Z}\p{C}]{1,256}\z/u';
    // A gateway that echoes what it is sent would give the key away.
    private const TOKEN = '/\A[\w-]+\.[\w-]+\.[\w-]+\z/';
    private const LONGEST_ANSWER = 100_000;

    public function __invoke(Request $request): JsonResponse
    {
        $user = (string) Auth::id(); // Put your own way here.
        $text = $request->getContent();
        $body = $text === '' ? [] : json_decode($text, true);
        $named = is_array($body) ? $body['userId'] ?? $user : null;

        return match (true) {
            $user === '' => $this->refuse(401),
            strlen($text) > 10_000 => $this->refuse(413),
            ! is_string($named) => $this->refuse(400),
            $named !== $user => $this->refuse(403),
            ! preg_match(self::USER_ID, $user) => $this->failed($user, 400, 'not a user id'),
            default => $this->mint($user),
        };
    }

    private function mint(string $user): JsonResponse
    {
        $key = config('services.courier.key') ?: throw new RuntimeException('services.courier.key is not set');
        try {
            $response = $this->askCourier($user, $key);
        } catch (Throwable $error) {
            // Guzzle's message may have the key in it.
            return $this->failed($user, 503, $error::class);
        }
        $token = $response->successful() ? $response->json('token') : null;
        if (! is_string($token) || ! preg_match(self::TOKEN, $token)) {
            $status = $response->status();

            return $this->failed($user, $status === 429 || $status >= 500 ? 503 : 502, "status $status");
        }
        Log::info('courier token', ['user' => $user, 'scopes' => self::SCOPES, 'expires' => self::EXPIRES_IN]);

        return $this->answer(200, ['token' => $token, 'expiresIn' => self::EXPIRES_IN]);
    }

    private function askCourier(string $user, string $key): Response
    {
        $url = rtrim(config('services.courier.url') ?: 'https://api.courier.com', '/');

        return Http::withToken($key)->timeout(5)->withoutRedirecting()
            // An answer without an end would fill the memory.
            ->sink(new DroppingStream(Utils::streamFor(), self::LONGEST_ANSWER))
            ->post("$url/auth/issue-token", [
                'scope' => "user_id:$user ".self::SCOPES,
                'expires_in' => self::EXPIRES_IN,
            ]);
    }

    private function failed(string $user, int $status, string $reason): JsonResponse
    {
        Log::error('courier token: none for '.json_encode($user).': '.$reason);

        return $this->refuse($status);
    }

    private function refuse(int $status): JsonResponse
    {
        return $this->answer($status, ['error' => JsonResponse::$statusTexts[$status]]);
    }

    private function answer(int $status, array $body): JsonResponse
    {
        return response()->json($body, $status, ['Cache-Control' => 'no-store']);
    }
}
