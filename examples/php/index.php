<?php
// Greets whoever fills in the form.
$name = htmlspecialchars($_POST['name'] ?? 'stranger');
?>
<!doctype html>
<title>Hello</title>
<p>Hello, <?= $name ?>.</p>
<form method="post"><input name="name"> <button>Greet me</button></form>
