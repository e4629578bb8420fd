<?php
declare(strict_types=1);

require __DIR__ . "/../www/page.php";

page("The shop");
