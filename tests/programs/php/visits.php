<?php
// Counts the visits of a session.
session_save_path(getenv('SESSIONS'));
session_start();
$_SESSION['visits'] = ($_SESSION['visits'] ?? 0) + 1;
echo $_SESSION['visits'];
