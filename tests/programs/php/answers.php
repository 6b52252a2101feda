<?php
// The answers that are no plain 200.
match ($_GET['kind']) {
    'missing' => http_response_code(404),
    'redirect' => header('Location: https://elsewhere.test/'),
    'cookies' => array_map(fn($name) => setcookie($name, "of $name"), ['a', 'b']),
};
echo 'answer';
