<?php
if ($_SERVER["QUERY_STRING"] === "slow") {
    usleep(200000);
}
if ($_SERVER["QUERY_STRING"] === "told") {
    $headers = array_filter($_SERVER, fn($name) => str_starts_with($name, "HTTP_"), ARRAY_FILTER_USE_KEY);
    exit(json_encode(["headers" => $headers, "client" => $_SERVER["REMOTE_ADDR"]]));
}
echo "release 1, ", strlen(getenv("KEY")), " letters, ", $_SERVER["REMOTE_ADDR"];
