settings-no-font = There is no font { $name }; only: { $known }.
settings-no-model = Model { $name } is missing; { $cure }.
settings-no-web-file = There is no file { $name } to send to a browser.
settings-no-asset = { $name } (a font or interface file) is missing; { $cure }.
settings-cure-package = install the Làng Số package again
settings-cure-checkout = run deploy/setup.sh again
settings-usable = File { $file } can be used: { $role } { $id }, { $name }.
settings-at-line = line { $line }:{ " " }
settings-wrong =
    The settings file { $source } has { $count ->
        [one] one mistake
       *[other] { $count } mistakes
    }; please correct and run again:{ $lines }
settings-path-empty = must be a path and not empty
settings-url = must be an address like http://host:port or https://host:port
settings-url-no-secrets = no user name, password or ?… part in the address
settings-pin = must be gpio:PIN (0 to 27) or bridge:NAME, for example gpio:27, bridge:lamp
settings-host = “{ $host }” is no host name or address; write it like langso.local or 192.168.1.20
settings-address = “{ $host }” is no address; write it like 127.0.0.1 or 192.168.1.5
settings-cert-with-key = `cert` and `key` must go together
settings-pipe-sink = with `sound` = pipe, `sink` must be a full path that begins with /
settings-files-need-both = with `https` = files, both `https_cert` and `https_key` must be set
settings-files-only = `https_cert` and `https_key` are only for `https = "files"`
settings-proxy-proxies = with `https` = proxy, `proxies` must name the addresses of the server in front
settings-proxy-url = with `https` = proxy, `public_url` must be the https:// address that staff type in
settings-no-way-in = `http_port` and `device_port` must not both be 0, or loudspeakers and kiosks have no way in
settings-url-or-own = `public_url` does not go with `https` own or files; write the host name into `names`
settings-ports-differ = `port`, `https_port`, `http_port` and `device_port` must be different ports
settings-too-large = the file is too large, the limit is { $most } bytes
settings-not-utf8 = this is not UTF-8 text; save the file again as UTF-8
settings-toml-at = wrong TOML syntax at column { $column } ({ $what })
settings-toml-end = wrong TOML syntax: the file stops short, something is not closed at its end
settings-toml = wrong TOML syntax ({ $why })
settings-section-missing = section [{ $section }] is missing
settings-key-missing = this key is missing, add it
settings-or = { " " }or{ " " }
settings-choice-near = must be one of: { $choices }; did you mean `{ $near }`?
settings-choice = must be one of: { $choices }
settings-whole-number = must be a whole number
settings-whole-number-quoted = must be a whole number, remove the quotes
settings-number = must be a number
settings-number-quoted = must be a number, remove the quotes
settings-true-or-false = must be true or false, without quotes
settings-text = must be text in quotes
settings-too-small = too small, at least { $least }
settings-too-much = too large, at most { $most }
settings-empty = must not be empty
settings-too-long = too long, at most { $most } characters
settings-plain-letters = only small letters without marks, digits and hyphens, for example `xa-muong-hoa`
settings-bad-letters = has characters that cannot be used (line breaks, control keys)
settings-own-section = must be a section of its own: write [{ $section }] and the keys below it
settings-not-usable = cannot be used ({ $why })
settings-not-set = { $key } is not set
settings-unknown-near =
    there is no such { $thing ->
        [section] section
       *[key] key
    }; did you mean `{ $near }`?
settings-unknown-here =
    there is no such { $thing ->
        [section] section
       *[key] key
    } here; `{ $name }` belongs to section { $homes }
settings-unknown-known =
    there is no such { $thing ->
        [section] section
       *[key] key
    }; known here: { $known }
settings-unknown =
    there is no such { $thing ->
        [section] section
       *[key] key
    }
