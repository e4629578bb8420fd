<?php
declare(strict_types=1);

/** Shows which server answered, what it was asked, and how often this visitor came. */
function page(string $title): void
{
    session_start();
    $_SESSION["visits"] = ($_SESSION["visits"] ?? 0) + 1;
    $facts = [
        "Served by" => gethostname(),
        "Host" => $_SERVER["HTTP_HOST"] ?? "",
        "Client" => $_SERVER["REMOTE_ADDR"],
        "Visits" => (string) $_SESSION["visits"],
    ];
    echo "<!DOCTYPE html>\n<title>$title</title>\n<h1>$title</h1>\n<dl>\n";
    foreach ($facts as $name => $value) {
        echo "<dt>$name</dt><dd>", htmlspecialchars($value), "</dd>\n";
    }
    echo "</dl>\n";
}
