"""Stories on containers: real engine, real daemons, real traffic."""
