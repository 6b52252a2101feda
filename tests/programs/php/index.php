<?php
// Says as JSON what PHP knows of the request.
header('Content-Type: application/json');
echo json_encode([
    'get' => $_GET,
    'post' => $_POST,
    'files' => array_map(fn($file) => ['name' => $file['name'], 'size' => $file['size'], 'error' => $file['error'],
        'sha256' => $file['tmp_name'] ? hash_file('sha256', $file['tmp_name']) : ''], $_FILES),
    'input' => strlen(file_get_contents('php://input')),
    'cookies' => $_COOKIE,
    'path_info' => $_SERVER['PATH_INFO'] ?? '',
    'php_self' => $_SERVER['PHP_SELF'],
    'script' => $_SERVER['SCRIPT_FILENAME'],
    'method' => $_SERVER['REQUEST_METHOD'],
]), "\n";
