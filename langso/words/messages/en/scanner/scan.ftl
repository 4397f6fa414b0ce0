scan-no-pictures = Name at least one picture file (or --camera FOLDER).
scan-device = { $file } is a device, not a file; name another file.
scan-camera-empty = The camera { $folder } gives no picture; check the folder of pictures.
scan-our-fault = Something went wrong with this picture; take it again, and if that does not help tell the makers of this software.
scan-refused = { $name }: { $why }
scan-page-none = no paper is seen.
scan-page-found = paper at { $corners }, { $sure } sure.
scan-page-found-mm = paper at { $corners }, { $size } mm, { $sure } sure.
scan-page-good = Good to capture.
scan-page-advice = { $advice }.
scan-page-sheets =
    { $sheets ->
        [one] { $sheets } sheet.
       *[other] { $sheets } sheets.
    }
scan-read-none = no code is seen; take the picture again, nearer and clearer
scan-camera-written = The trial picture is written to { $file }.
scan-camera-nothing-saved = Nothing was saved; the old measure (if there is one) stays as it was.
scan-camera-measured = The table is measured: the camera sees { $size } cm, with { $scale } pixels a millimetre.
scan-camera-compare = Check that with a ruler; if it is far off the sheet was not A4: lay another one and measure again.
scan-camera-saved = Saved to { $file }. Measure again when the camera is moved or changed, or the lamp is.
scan-watch-code = Code [{ $kind }]: { $text }
scan-watch-captured = Page { $page } is taken, { $paper }, { $dpi } dpi, { $ms } ms.
scan-watch-captured-into = Page { $page } is taken, { $paper }, { $dpi } dpi, { $ms } ms. Written to { $file }.
scan-watch-end = Done: frames { $frames }, { $rate } a second; pages { $pages }, codes { $codes }.
scan-pdf-no-edges = not all four edges of the paper are seen; take it again on a ground of another colour, or add --whole if the picture holds the paper alone
scan-pdf-order-wrong = --order: write page numbers with commas between them, for example 2,1,4.
scan-pdf-order-no-page =
    { $pages ->
        [one] There is { $pages } page; --order names each page at most once, from 1 to { $pages }.
       *[other] There are { $pages } pages; --order names each page at most once, from 1 to { $pages }.
    }
scan-pdf-no-paper = --paper: there is no size { $paper }; choose one of: { $known }.
scan-pdf-folder = -o is a folder: name a file, or add --dossier CODE.
scan-pdf-page = page { $page }, { $paper }, { $dpi } dpi
scan-pdf-pages =
    { $pages ->
        [one] { $pages } page, from page { $page }
       *[other] { $pages } pages, from page { $page }
    }
scan-pdf-written =
    { $pages ->
        [one] { $file } is written: { $pages } page, { $size } KB, { $kind }, letters read: { $characters }, { $seconds } s.
       *[other] { $file } is written: { $pages } pages, { $size } KB, { $kind }, letters read: { $characters }, { $seconds } s.
    }
scan-pdf-plain = plain PDF
scan-pdf-unread = Page { $page }: { $why }
scan-pdf-no-archive = This machine cannot make PDF/A-{ $level }, so this is a plain PDF.
