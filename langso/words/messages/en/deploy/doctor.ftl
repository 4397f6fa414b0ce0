doctor-cannot-act-as = It cannot be tried with the rights of { $name }
doctor-no-answer = no answer
doctor-waits-for-screen = the program is waiting for a screen
doctor-service-not-running = the service is not running
doctor-service-just-started = the service has just started
doctor-state-written = The program writes its state regularly ({ $software }).
doctor-program-waits = the program is waiting: { $why }
doctor-perhaps-not-yet = The service has just started and may not be ready yet: { $why }
doctor-again-in-a-minute = Wait a minute and run langso doctor again; if it stays: { $fix }
doctor-stop-and-run = Stop it and run it again.
doctor-runs-says = The program runs but has written no state yet; it says: “{ $said }”.
doctor-do-as-it-says = Do what it says; if that does not help: { $fix }
doctor-no-board = The settings have no board: the amplifier must be on all the time.
doctor-board-as-service = the board as the service sees it
doctor-correct-bridge-port = Correct port in [bridge].
doctor-no-gpio = This machine has no GPIO pins.
doctor-remove-bridge-port = Remove port in [bridge], or use a board on a serial port.
doctor-user-no-gpio = User { $user } may not use the GPIO pins.
doctor-add-gpio-group = usermod -aG gpio { $user }, then restart the service.
doctor-unit-no-gpio = { $name } may not open the GPIO pins (DeviceAllow).
doctor-allow-gpio = Add DeviceAllow=char-gpiochip rw with: sudo systemctl edit { $name }, then restart the service.
doctor-gpio-relays = Relays on GPIO pins: { $pins }.
doctor-no-port = There is no port { $port }.
doctor-see-serial = Check the serial cable, on a Pi enable_uart=1 too; then: langso bridge status --port { $port }
doctor-user-no-port = User { $user } may not open port { $port }.
doctor-add-dialout-group = usermod -aG dialout { $user }, then restart the service.
doctor-replug-cable = Pull out the cable and plug it in again.
doctor-unit-no-port = { $name } may not open ports of kind { $driver } (DeviceAllow).
doctor-allow-port = Use another port, or add DeviceAllow=char-{ $driver } rw with: systemctl edit { $name }
doctor-board-silent = The board at { $port } does not answer.
doctor-see-board = Check the board's power and cable, then: langso bridge status --port { $port }
doctor-not-connected = Not connected to the message server yet
doctor-unit-not-running = { $name } is not running
doctor-own-certificate = the certificate or key of this very machine cannot be used
doctor-broker-hangs = The message server hangs: it accepts connections at { $host }:{ $port } and does not answer.
doctor-not-our-broker = Something accepts connections at { $host }:{ $port } but does not speak like the commune's message server (TLS).
doctor-console-says = The message server answers, but the office's pages say: { $said }.
doctor-at-address = at { $address }:{ $port } (the name { $host } does not lead there)
doctor-broker-local = The message server { $where } answers, on this very machine, not encrypted.
doctor-broker-good = The message server { $where } is the commune's and accepts this machine's certificate.
doctor-clock-or-broker = Look at the machine's time (timedatectl); if it is right, then at the office: langso pair broker --help
doctor-clock-or-pair = Look at the machine's time; if the office made its keys anew, pair this machine again: sudo langso setup --pair-again
doctor-look-at-trust = At the office, see whether this machine is paired or revoked: langso office trust show
doctor-look-at-link = See whether host and port in [link] are the commune's message server: langso settings check --help
doctor-look-at-network = Check the network cable, the router's power and the office's machine; this machine goes on with what it holds.
doctor-look-at-media = Check the network to the commune office; to see what is being fetched: langso speaker status
doctor-held-programme = the programme it holds
doctor-no-trust-list = there is no usable list of who may order
doctor-sent-programme = the programme that was sent
doctor-no-office-data = there are no office data that can be read
doctor-coming = Plays next: { $coming }.
doctor-nothing-sent = No broadcast was sent and is to be played.
doctor-nothing-coming = Nothing is to be played.
doctor-no-programme = Holds no programme yet.
doctor-coming-no-sound = To be played soon, but sounds are missing: { $listed }.
doctor-coming-listed = Plays next: { $listed }.
doctor-change-limits = Ask the commune office to change the hour or the limits: langso office trust limits --help
doctor-missing-sounds =
    { $missing ->
        [one] { $missing } sound file is
       *[other] { $missing } sound files are
    } still missing
doctor-will-not-play = will not be played: { $refusal }
doctor-camera-as-kiosk = the camera as the kiosk sees it
doctor-no-camera = There is no camera { $path }.
doctor-replug-camera = Plug the camera in again, then try: langso scan camera
doctor-user-no-camera = User { $user } may not open { $path }.
doctor-add-video-group = usermod -aG video { $user }, then restart the service.
doctor-kiosk-has-camera = the kiosk is using the camera
doctor-no-image-folder = There is no folder of images { $folder }.
doctor-correct-source = Correct source in [scanner].
doctor-no-images = Folder { $folder } has no images.
doctor-copy-images = Copy JPEG images into it, or correct source in [scanner].
doctor-replay-camera = Pretended camera: { $pictures } images in { $folder }.
doctor-camera-hangs = Camera { $kind } { $source } hangs: it does not finish opening.
doctor-replug-or-restart = Pull out the camera's cable and plug it in again; if it stays, restart the machine.
doctor-no-picture = gives no picture
doctor-camera-fails = Camera { $kind } { $source } takes no picture: { $why }
doctor-see-camera = Check the camera's cable, then try: langso scan camera
doctor-camera-black = The camera takes pictures ({ $size }) but they are black.
doctor-see-lid = Look at the camera's lid and the lamp.
doctor-camera-good = Camera { $kind } { $source } has just taken a picture { $size }.
doctor-no-certificate = { $what } is no certificate (damaged file).
doctor-other-issuer = { $what } was not issued by this commune's office.
doctor-other-name = { $what } bears the name “{ $name }”, not “{ $wanted }”.
doctor-not-yet-valid = { $what } is valid only from { $begins }: the machine's time may be wrong.
doctor-see-clock = See the item on the clock.
doctor-expired = { $what } expired on { $ends }.
doctor-days-left =
    { $what }: only { $days ->
        [one] { $days } day
       *[other] { $days } days
    } left.
doctor-valid-until = { $what } is valid until { $ends }.
doctor-reading-hangs = Reading { $file } does not finish.
doctor-see-disk = Check the memory card or the network disk with that file.
doctor-service-cannot-read = The service (user { $name }) cannot read { $file }.
doctor-cannot-read = Cannot read { $file } ({ $why }).
doctor-see-card-errors = See the item on the memory card's errors; take the file from the backup.
doctor-others-can-read = Others on this machine can read { $file }.
doctor-reinstall = Plug in the installation stick and run again: sudo sh { $stick }/cai-dat.sh (or: sudo langso install)
doctor-make-space = Make space: sudo apt-get clean; sudo journalctl --vacuum-size=50M; find large files: sudo du -xh / | sort -h | tail (delete nothing in /var/lib/langso-*)
doctor-install-package = Plug in the installation stick and run: sudo dpkg -i { $stick }/{ $release }/{ $package }_*.deb
doctor-install-packages = Plug in the installation stick and run: sudo dpkg -i { $files }; with a network: { $online }
doctor-debian-release = DEBIAN-RELEASE
doctor-folder = folder { $folder }
doctor-no-data-folder = There is no data folder { $state }.
doctor-cannot-write-data = The service (user { $name }) cannot write into { $state }.
doctor-writing-hangs = Writing into { $state } does not finish.
doctor-see-disk-folder = Check the memory card, or the network disk with that folder.
doctor-foreign-files =
    { $count ->
        [one] { $count } file
       *[other] { $count } files
    } in { $state } not owned by { $name } (for example { $example }).
doctor-data-folder-good = The data folder { $state } has the right permissions.
doctor-data-files = the data files
doctor-no-data-writes = the service cannot write into its data folder
doctor-stop-and-run-again = Stop the program and run it again
doctor-file-no-right = The service (user { $name }) cannot read and write { $file }.
doctor-file-damaged = { $file } is damaged ({ $said }).
doctor-put-aside = { $again }: the machine puts the damaged file aside (it is not lost) and makes a new one; then tell the commune office.
doctor-file-aside = A damaged file was put aside: { $file }.
doctor-rescue-file = Copy that file in { $state } to the commune office to rescue the data; delete it only after the office has looked.
doctor-card-no-writes = the memory card takes no writes
doctor-no-data-yet = There are no data files yet (the machine has never run).
doctor-trust-list = the list of who may order
doctor-service-cannot-read-file = The service cannot read { $file }.
doctor-trust-damaged = The list of who may order on this machine is damaged or not signed by the commune's root keys.
doctor-get-trust-again = Connect to the network so that the commune office sends it again; without a network pair again: sudo langso setup --pair-again
doctor-marks-lost = This machine has lost its record of document numbers (both copies).
doctor-confirm-or-pair = Connect to the network so that the commune office confirms, or pair again: sudo langso setup --pair-again
doctor-marks-unreadable = The service cannot read the record of document numbers.
doctor-time-not-heard = The service has just started and has not heard the commune's time yet.
doctor-wait-a-minute = Wait a minute and run langso doctor again.
doctor-nobody-to-ask-time = the program is not running to ask the commune office for the time
doctor-service-unit-off = { $unit }.service is not running
doctor-pages-off = The office's web pages are not running.
doctor-run-pages = Run: langso office web --settings FILE
doctor-sockets-off = Not running: { $names }. The pages still answer, but lose their ports when the service restarts.
doctor-who-has-port = See which program has the port: sudo ss -ltnp '{ $ports }'; stop it, then: { $fix }
doctor-port-closed = port { $port } is not open because { $name } is not running
doctor-answers-error = answer with the error { $status }
doctor-pages-fail = The office's web pages at { $where }: { $said }.
doctor-pages-good = The office's web pages answer at each of their ports.
doctor-settings-good = { $settings_file } can be read, role { $role }.
doctor-machine-silent = The machine tells nothing of itself (a disk or systemd hangs).
doctor-item-hangs = Examining { $name } does not finish: its disk, network disk or device hangs.
doctor-remove-hanging = Remove the device or disk that hangs, then run langso doctor again.
doctor-item-no-right = { $name }: cannot be seen with these rights.
doctor-item-fails = { $name }: cannot be examined ({ $why }).
doctor-send-this-line = Copy this line and send it to the commune office or the supplier.
doctor-not-set-up = This machine was not put to work yet: there is no { $file }.
doctor-run-setup = Run: sudo langso setup
doctor-file-no-right-here = Cannot read { $file } with these rights.
doctor-correct-settings = Correct the file, then try: langso settings check { $file }
doctor-disk-full-or-no-right = the disk is full, or there is no right to try writing
doctor-host-watchdog = A virtual machine: its host restarts it when it hangs.
doctor-not-installed = Làng Số is not installed as a service here
doctor-host-time = the host keeps the time of this machine
doctor-no-time-daemon = No program that sets the time is running.
doctor-start-chrony = sudo systemctl enable --now chrony; where there is no chrony: { $finish }
doctor-time-kept = { $name } keeps the time; it is right.
doctor-time-not-yet = { $name } runs, but has no network time yet.
doctor-no-services = no service of Làng Số runs here
doctor-log-no-limit = The system log has no limit of its own and may take 10 % of the memory card.
doctor-limit-log = Write [Journal] SystemMaxUse=100M into /etc/systemd/journald.conf.d/langso.conf, then: systemctl restart systemd-journald
doctor-log-large = The system log takes { $size } MB.
doctor-firewall = the firewall
doctor-host-firewall = the host sees to the firewall of this machine
doctor-no-firewall = This machine has no firewall (nftables).
doctor-restore-firewall = { $restore }; then: sudo systemctl restart { $firewall }
doctor-firewall-good = The firewall is on: only the ports needed are open.
doctor-firewall-open = The firewall keeps nothing out.
doctor-backup-old =
    The newest backup is { $days ->
        [one] { $days } day
       *[other] { $days } days
    } old.
doctor-backup-again = Plug in the backup stick and make a backup.
doctor-backup-good =
    The newest backup is { $days ->
        [one] { $days } day
       *[other] { $days } days
    } old.
doctor-not-with-these-rights = { $what }: cannot be seen with these rights.
doctor-run-with-sudo = Run with sudo: sudo langso doctor
doctor-no-state = The program runs but has not written its state: it may hang.
doctor-no-state-since =
    The program runs but has not written its state for { $minutes ->
        [one] { $minutes } minute
       *[other] { $minutes } minutes
    }: it may hang.
doctor-port-unseen = Port { $port } cannot be looked at ({ $why }).
doctor-data-good =
    { $files ->
        [one] { $files } data file is
       *[other] { $files } data files are
    } whole; the service can read and write.
doctor-data-good-so-far =
    { $files ->
        [one] { $files } data file is
       *[other] { $files } data files are
    } whole; the service can read and write; { $unfinished } large ones were looked at in part only.
doctor-log-limit = The system log takes at most { $limit }.
doctor-log-limit-used = The system log takes at most { $limit }, { $size } MB now.
doctor-head-bad = BROKEN ({ $count })
doctor-head-warn = TO MIND ({ $count })
doctor-head-ok = WELL ({ $count })
doctor-hidden = Cannot be seen with these rights: { $names }.
doctor-skipped = Not examined: { $names }: { $why }.
doctor-title-machine = Examination of this machine:
doctor-title = Examination of { $role } { $id }, { $commune } ({ $seconds } s):
