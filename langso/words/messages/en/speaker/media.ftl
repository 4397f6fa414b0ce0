media-full = No space is left for sounds ({ $full }).
media-make-space = Delete files on the card or raise library_max_mb.
media-no-url = No place to fetch sounds from is set.
media-set-url = Write speaker.media_url into the settings file.
media-wanting =
    { $count ->
        [one] { $count } sound file is
       *[other] { $count } sound files are
    } still to be fetched: { $why }.
media-check-network = Check the network to the commune office.
media-all-there = All { $ready }/{ $wanted } sound files are there.
media-none-needed = No sound file is needed yet.
media-url-missing = media_url is not set
media-network-fault = network fault ({ $name })
media-partly = fetched in part, will continue
media-wrong-hash = the file fetched does not have the signed hash and was thrown away
media-rest-missing = the server does not have the rest
media-server-says = the server answered { $status }
media-wrong-part = the server sent the wrong part
media-more-than-signed = the server sent more than was signed; thrown away
media-card-full = the memory card is full
media-over-limit = more than { $most } MB
media-too-slow = the server sends too slowly
