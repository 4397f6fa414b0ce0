clock-by-host = The clock follows the host, as the settings say.
clock-behind-documents = The clock is behind the newest signed document; connect to the network to set it.
clock-confirmed = The commune office has just confirmed the clock.
clock-by-battery = The clock was kept by its battery and set within the last 30 days.
clock-not-set = The clock has not been set since the machine was switched on; connect to the network to get the time.
clock-far-from-documents = The clock follows the network but is more than 30 days from the signed documents; the commune office must confirm it.
clock-by-network = The clock agrees with network time.
