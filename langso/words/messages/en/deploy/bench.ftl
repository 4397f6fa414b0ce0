bench-no-such-item = There is no item { $items }; only: { $known }.
bench-temperature = Temperature afterwards: { $degrees } °C.
bench-libraries = Libraries: { $versions }
bench-disk = Disk: { $disk }
bench-no-name = The machine does not tell its name
bench-not-installed = this part is not installed here ({ $name } is missing)
bench-cannot = cannot be measured: { $why }
bench-no-page = the drawn page was not found
bench-no-code = the drawn code was not read
bench-no-tls = TLS did not connect
bench-no-frame = the kiosk showed no picture in { $seconds } seconds
bench-machine =
    { $model }: { $processor }, { $cores ->
        [one] { $cores } core
       *[other] { $cores } cores
    }, { $memory }
bench-system = { $system }, kernel { $kernel }, { $architecture }, Python { $python }; Làng Số { $langso }
bench-column-item = item
bench-column-first = first
bench-column-median = median
bench-column-least = fastest
bench-column-most = slowest
bench-column-rounds = rounds
bench-column-task = what
bench-trial = Measuring speed
bench-task-page = Find the paper in a preview picture
bench-task-code = Read a QR code for paying
bench-task-clean = Clean a page from a 12 MP photograph
bench-task-pdf = Make a PDF/A of one page, its text not read
bench-task-pdf-text = Make a PDF/A of one page and read its text
bench-task-tls = Connect by TLS in both directions (both ends on this machine)
bench-task-sign-commit = Sign a document and write it to the disk for good
bench-task-play-wait = From the order to play to the first sound
bench-task-play-error = How far the first sound is from its planned time
bench-task-first-frame = From starting the kiosk to its first picture
bench-no-text = no text was read
bench-no-sound = there was no sound
bench-no-picture = the kiosk shows no picture: { $said }
bench-said-nothing = it said nothing
