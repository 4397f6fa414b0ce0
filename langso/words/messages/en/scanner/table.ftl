table-file-too-large = The file with the table's measure is too large; measure again: langso scan camera --measure.
table-file-broken = The file with the table's measure is damaged; measure again: langso scan camera --measure.
table-not-used =
    { $why ->
        [other_camera] The camera was changed after the table was measured.
        [other_size] The camera's pictures have another size than when the table was measured.
        [moved] The camera seems to have been moved after the table was measured.
       *[unusable] The table's measure cannot be used.
    }
table-not-used-again =
    { $why ->
        [other_camera] The camera was changed after the table was measured; measure again: langso scan camera --measure.
        [other_size] The camera's pictures have another size than when the table was measured; measure again: langso scan camera --measure.
        [moved] The camera seems to have been moved after the table was measured; measure again: langso scan camera --measure.
       *[unusable] The table's measure cannot be used; measure again: langso scan camera --measure.
    }
table-measure-fix = Lay a white A4 sheet under the camera and measure again: langso scan camera --measure.
table-not-measured = The table is not measured: paper sizes are guessed from shapes.
table-measured = The table is measured: paper sizes and white are known.
table-moving = The sheet or the camera still moves; leave them alone and measure again.
table-fills-picture = The sheet fills the whole picture; raise the camera a little and measure again.
table-no-sheet = No sheet is seen; lay a white A4 sheet in the middle of the table, on a dark ground, and measure again.
table-sheet-cut = Part of the sheet is outside the picture; lay the A4 sheet wholly in its middle and measure again.
table-edges-clear-up = The sheet's edges are not clear; lay the white A4 sheet on a dark ground, clear other things away and measure again.
table-edges = The sheet's edges are not clear; lay the white A4 sheet on a dark ground and measure again.
table-sheet-small = The sheet is too small in the picture; lower the camera, or lay an A4 sheet, and measure again.
table-not-a4 = This sheet is not A4; lay an A4 sheet (210 × 297 mm) and measure again.
table-askew = The camera looks too much from the side; make it look straight down at the table and measure again.
table-dark = Too dark; switch on the lamp and measure again.
table-bright = Too bright, or the sheet shines; dim the lamp, keep the sun off and measure again.
table-not-white = This sheet is not white; lay a white A4 sheet and measure again.
table-not-blank = Something is written on the sheet or covers it; lay a blank white A4 sheet and measure again.
table-shadow = A shadow or a streak of light falls on the sheet; take away what covers it, turn the lamp and measure again.
