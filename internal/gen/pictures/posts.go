package main

// posts are all rows of the study, by account and then by time.
func posts() []post {
	var all []post
	for _, a := range []struct {
		account string
		posts   []post
	}{
		{"partei.morgenrot", morgenrot()},
		{"blaues.ufer", blauesUfer()},
		{"nachtlicht.verein", nachtlicht()},
		{"fuchsbau.zeitung", fuchsbau()},
	} {
		for _, p := range a.posts {
			p.account = a.account
			all = append(all, p)
		}
	}
	return all
}

func morgenrot() []post {
	return []post{
		{day: "2021-09-06 05:58:11", caption: "Guten Morgen! Wir sind schon wach ☀️", ext: "jpg", draw: sunrise},
		{day: "2021-09-07 16:10:42", caption: "Zeit für Morgen. Das Plakat hängt, endlich.", ext: "jpg", draw: posterSunrise},
		{day: "2021-09-08 10:02:37", caption: "Mittagspause bei Familie Beispiel, es gab Kürbissuppe 🍲", ext: "jpg", draw: soup},
		{day: "2021-09-10 11:45:05", caption: "Heute, 18 Uhr, Marktplatz: kommt alle!", ext: "jpg", draw: storyEvent},
		{day: "2021-09-10 18:31:50", caption: "Der Platz ist voll. Danke!", ext: "jpg", draw: rally},
		{day: "2021-09-12 07:20:14", caption: "Erst Kaffee, dann Wahlkampf ☕", ext: "jpg", photo: "coffee.png"},
		{day: "2021-09-13 14:05:33", caption: "„Wer früh anfängt, muss abends nicht rennen.“", ext: "png", draw: quoteCream},
		{day: "2021-09-15 12:00:00", caption: "More buses, more passengers; it is that simple.", ext: "png", draw: bars},
		{day: "2021-09-17 17:48:29", caption: "Unsere Vorsitzende beim Parteitag in Beispielstadt", ext: "jpg", draw: func() *canvas { return stage(33, 0xffc070, 0xa8402a, 0.15) }},
		{day: "2021-09-18 09:15:02", caption: "Büro-Aufsicht, streng aber gerecht 🐈", ext: "jpg", photo: "chelsea.png"},
		{day: "2021-09-19 15:40:55", caption: "Herbst im Stadtwald, Infostand am Eingang", ext: "jpg", draw: autumn},
		{day: "2021-09-21 18:12:08", caption: "Mehr Licht für alle!\nAm Sonntag wählen gehen.", ext: "png", draw: posterYellow},
		{day: "2021-09-23 17:30:44", caption: "Sonnenuntergang nach der letzten Tour", ext: "jpg", draw: sunset},
	}
}

func blauesUfer() []post {
	return []post{
		{day: "2021-09-06 08:30:00", caption: "Klar wie Wasser: unser Plakat für Fluss und Küste 🌊", ext: "jpg", draw: posterWaves},
		{day: "2021-09-07 12:14:26", caption: "Mittags in der Bucht, Wind aus West", ext: "jpg", draw: bay},
		{day: "2021-09-09 09:00:19", caption: "Pegel, Regen, Hafen: die Zahlen seit März", ext: "png", draw: lines},
		{day: "2021-09-10 13:27:48", caption: "Baden im Fluss, ja oder nein? Stimmt ab!", ext: "jpg", draw: storyPoll},
		{day: "2021-09-11 10:41:03", caption: "200 Leute, kein trockener Schuh ☔", ext: "jpg", draw: umbrellas},
		{day: "2021-09-13 15:55:37", caption: "Three questions, three answers", ext: "png", draw: quoteWhite},
		{day: "2021-09-14 08:08:08", caption: "Unser Antrag im Wortlaut", ext: "jpg", draw: page},
		{day: "2021-09-16 11:11:52", caption: "Wandertag der Fraktion, \"nur\" 900 Höhenmeter", ext: "jpg", draw: peaks},
		{day: "2021-09-17 14:36:10", caption: "Wind und Wiese. So geht Strom", ext: "jpg", draw: meadow},
		{day: "2021-09-19 10:20:31", caption: "Unterwegs am See", ext: "jpg", draw: storyPhoto},
		{day: "2021-09-20 16:02:45", caption: "Leuchtturm Nord, seit 1887 in Betrieb", ext: "jpg", draw: lighthouse, broken: true},
		{day: "2021-09-22 09:47:59", caption: "Eine Woche in vier Bildern", ext: "jpg", draw: collage},
		{day: "2021-09-24 06:00:00", caption: "", ext: "png", draw: func() *canvas { return tile(480, 480, 0x8fd8ea, 0x0b4f8a, "Blaues Ufer") }},
	}
}

func nachtlicht() []post {
	return []post{
		{day: "2021-09-06 20:15:21", caption: "Die Stadt schläft nicht", ext: "jpg", draw: city},
		{day: "2021-09-08 21:03:17", caption: "Nachtkultur bleibt!", ext: "jpg", draw: posterNeon},
		{day: "2021-09-09 22:40:06", caption: "So weit draußen, und doch so nah ✨", ext: "jpg", photo: "hubble_deep_field.jpg"},
		{day: "2021-09-11 19:58:40", caption: "Kerzen für die alte Halle", ext: "jpg", draw: vigil},
		{day: "2021-09-12 21:22:13", caption: "Heimweg, Regen, Laternen", ext: "jpg", draw: street},
		{day: "2021-09-14 19:10:59", caption: "Bühne frei im Kulturkeller", ext: "jpg", draw: func() *canvas { return stage(34, 0x7f6bff, 0x1a1440, 0.8) }},
		{day: "2021-09-15 20:44:44", caption: "Von Hand gezeichnet: unser Kassenwart (gibt es nicht)", ext: "jpg", draw: portrait},
		{day: "2021-09-17 18:50:00", caption: "Lange Nacht der Vereine, Samstag ab 20 Uhr", ext: "jpg", draw: storyNight},
		{day: "2021-09-18 22:30:25", caption: "Feuerwerk am Hafen 🎆", ext: "jpg", draw: fireworks},
		{day: "2021-09-19 22:00:00", caption: "Story gelöscht, bevor sie gesichert war", ext: "jpg", missing: true},
		{day: "2021-09-20 21:17:38", caption: "Moon over the hills, 2 a.m.", ext: "jpg", draw: moonlight},
		{day: "2021-09-22 11:05:12", caption: "Archivbild: so wurde früher fotografiert", ext: "jpg", photo: "camera.png"},
		{day: "2021-09-23 20:20:20", caption: "Lichter an!", ext: "gif", draw: posterShapes},
		{day: "2021-09-24 22:59:59", caption: "Start in die Nacht 🚀", ext: "jpg", photo: "rocket.jpg"},
	}
}

func fuchsbau() []post {
	return []post{
		{day: "2021-09-07 05:00:00", caption: "Die Seite eins von heute", ext: "png", draw: newspaper},
		{day: "2021-09-11 07:30:30", caption: "Was Leserinnen fragen", ext: "png", draw: donut},
		{day: "2021-09-14 06:45:09", caption: "Hier bauen sie, und hier staut es sich", ext: "jpg", draw: cityMap},
		{day: "2021-09-16 08:12:51", caption: "Zustimmung nach Stadtteil; Zahlen erfunden", ext: "png", draw: stacked},
		{day: "2021-09-18 11:59:59", caption: "Serie Handwerk, Teil 3: Mauern", ext: "jpg", photo: "brick.png"},
		{day: "2021-09-20 06:30:00", caption: "Neu aus der Augenklinik: so sieht ein gesunder Augenhintergrund aus", ext: "jpg", photo: "retina.jpg"},
		{day: "2021-09-21 12:34:56", caption: "Eure Fragen zur Wahl", ext: "png", draw: message},
		{day: "2021-09-22 19:00:00", caption: "Live: Gespräch am Abend", ext: "jpg", draw: talkShow},
		{day: "2021-09-24 05:15:00", caption: "", ext: "jpg", draw: func() *canvas { return tile(400, 500, 0xb9b9b6, 0x5a5a58, "Redaktionspause") }},
	}
}
