// Writes dates_written.tsv and dates_read.tsv: what java.text.SimpleDateFormat makes of patterns, moments and texts.
// usage: java -Duser.timezone=UTC Dates.java   (JDK 17; in this folder)
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.text.*;
import java.util.*;

public class Dates {
    static final String[] PATTERNS = {
        // In published queries.
        "MM-dd-yyyy HH:mm:ss z", "MM-dd-yyyy HH:mm:ss", "MM-dd-yyyy HH:mm:ss.SSS Z", "MM-dd-yyyy HH:mm:ss:SSS Z",
        "MM-dd-yyyy HH:mm:ss:SSS z", "MM-dd-yyyy HH:mm:ss:SSS", "MM-dd-yyyy hh:mm", "MM-dd-yyyy", "MM-dd-yyyyHH:mm:ss",
        "MM-dd'+'HH:mm:ss", "MM/dd/yy HH:mm", "MM/dd/yyyy HH:mm", "MM/dd/yyyy HH:mm:ss", "MM/dd/yyyy HH:mm:ss.SSS Z",
        "MM/dd/yyyy HH:mm:ss.SSS", "MM/dd/yyyy HH:mm:ss:SSS Z", "MM/dd/yyyy hh:mm:ss", "MMM/dd/yyyy HH:mm:ss:SSS Z",
        "YYYY-MM-dd HH:mm:ss", "dd-MM-yyyy HH:mm:ss", "dd'+'HH:mm:ss", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss,SSS",
        "yyyy-MM-dd HH:mm:ss.SSS ZZZZ", "yyyy-MM-dd HH:mm:ss:SSS", "yyyy-MM-dd HH:mm:ssZ", "yyyy-MM-dd hh:mm:ss",
        "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy/MM/dd HH:mm:ss Z", "HH:mm:ss", "dd/MM/yyyy hh:mm a (Z)",
        "yyy-MM-dd'T'HH:mm:ss.SSS", "yyyy-MM-dd HH:mm:ss.", "yyyy-MM-dd'T'HH:mm:SS'Z'", "yyyy-MM-dd'T'HH:mm:ss",
        "yyyy-MM-dd'T'HH:mm:ss.SSSZ", "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", "MM-01-yyyy", "HH", "EEE", "EEEE", "yyyyMMdd",
        "yyyyMMddHHmmss", "yyyyMMddHHmmssSSS", "dd/MMM/yyyy:HH:mm:ss Z", "EEE MMM dd HH:mm:ss zzz yyyy",
        "EEE, dd MMM yyyy HH:mm:ss Z", "MMM dd HH:mm:ss", "MMM d, yyyy h:mm:ss a", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
        "MM/dd/yyyy hh:mm:ss a", "M/d/yyyy", "HH:mm", "yyyy-MM", "MMMM d, yyyy", "h a", "dd MMM yyyy", "E HH:mm",
        // Every letter, in several counts.
        "G", "GGGG", "y", "yy", "yyyyy", "yyyyyyyyyyyy", "Y", "YY", "YYYYY", "M", "MM", "MMM", "MMMM", "MMMMM", "L", "LL",
        "LLL", "LLLL", "w", "ww", "www", "W", "WW", "D", "DDD", "DDDD", "d", "dd", "ddd", "F", "FF", "E", "EE", "EEEEE", "u",
        "uu", "a", "aaa", "H", "HHH", "k", "kk", "K", "KK", "h", "hh", "m", "mmm", "s", "S", "SS", "SSSS", "SSSSSS", "z", "zz",
        "zzzz", "Z", "ZZ", "ZZZ", "X", "XX", "XXX", "yyyyDDD", "YYYY'W'ww-u", "YYYY-'W'ww-E", "yyyy MM W F E", "yyyy MM W",
        "yyyy MM F", "yyyy MM F E", "yyyy MM W E", "yyyy ww", "yyyy ww E", "yyyy D MM dd", "yyyy MM dd D", "G yyyy-MM-dd",
        "yyyy-MM-dd G", "yyyy MMM", "MMM", "K:mm a", "a K", "k:mm", "H h a", "h H a", "a h H", "hmma", "hhmm", "Hmm", "HHmmss",
        "yyMMdd", "yyMMddHHmm", "yMd", "yyyy-MM-dd HH:mm:ssX", "yyyy-MM-dd HH:mm:ssXX", "yyyy-MM-dd HH:mm:ss XXX",
        "HH:mm zzzz", "HH:mm z", "yyyy-MM-dd HH:mm zzzz", "yyyy-MM-dd HH:mm z", "'it''s' yyyy", "''yy''", "h 'o''clock' a, zzzz",
        "yyyy.MM.dd G 'at' HH:mm:ss z", "EEE, MMM d, ''yy", "yyyyy.MMMMM.dd GGG hh:mm aaa", "yyMMddHHmmssZ",
        "u yyyy ww", "E yyyy-MM-dd", "yyyy-MM-dd E", "dd.MM.yy", "ss.SSS", "s", "'no letters at all: 1-2-3'", "yyyy年M月d日",
        "d MMMM yyyy", "LLLL yyyy", "YYYY", "YYYY ww", "YYYY ww u HH", "yyyy YYYY", "YYYY yyyy", "H:m:s", "yyyy  MM", "yyyy MM   dd",
        "S", "SSSZ", "yyyy-MM-dd HH:mm:ss.SSSSSS", "yyyy-MM-dd HH:mm:ss.SSSSSSSSS", "mm:ss.SSS", "MMMdd", "ddMMM", "ddMMMyyyy",
        "yyyy-MM-ddTHH", "", "bad", "'open", "XXXX", "yyyy-MM-dd'", "e", "N", "j", "n", "V", "O", "Q", "U", "A", "b", "c", "x",
    };
    static final String[] ZONES = {
        "UTC", "America/New_York", "America/Los_Angeles", "Asia/Kolkata", "Europe/London", "Europe/Dublin", "Europe/Paris",
        "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca", "America/Sao_Paulo", "GMT+3", "GMT-03:30", "Etc/GMT+5",
        "Asia/Tokyo", "America/Phoenix", "Pacific/Auckland", "Asia/Singapore", "America/St_Johns", "Europe/Moscow",
    };
    static final String[] MOMENTS = {
        "1970-01-01T00:00:00Z", "2024-05-01T00:24:05.007Z", "2024-02-29T23:59:59.999Z", "2023-12-31T12:00:00Z",
        "2024-12-29T00:00:00Z", "2024-12-30T05:06:07.089Z", "2025-01-01T11:00:00Z", "2021-01-03T12:00:00Z", "2016-01-01T13:14:15Z",
        "2024-03-10T06:59:59.999Z", "2024-03-10T07:00:00Z", "2024-11-03T05:30:00Z", "2024-11-03T06:30:00Z", "2024-03-31T01:00:00Z",
        "2024-10-27T00:59:59Z", "2024-10-27T01:00:00Z", "2024-04-06T15:00:00Z", "2024-10-05T15:30:00Z", "2024-07-04T17:45:30.5Z",
        "1969-12-31T23:59:59.999Z", "1950-06-15T10:20:30.040Z", "1918-07-01T00:00:00Z", "2038-01-19T03:14:08Z", "2050-07-01T12:00:00Z",
        "2099-12-31T23:00:00Z", "9999-12-31T23:59:59.999Z", "2005-09-09T09:09:09.009Z", "2011-11-11T11:11:11.111Z", "2000-01-01T00:00:00Z",
        "2024-08-31T00:00:00.100Z", "2022-10-09T08:07:06.050Z", "2019-06-30T18:30:00Z",
    };
    /** Old days: only in UTC, where no local mean time is in play. */
    static final long[] OLD = {
        -62135596800000L, -62135769600000L, -62135596800001L, -12219292800000L, -12219292800001L, -12220156800000L, -30610224000000L,
        -59011459200000L, -70000000000000L, -100000000000000L, 253402300800000L, 300000000000000L, -2208988800000L, -1L,
        -12219292800000L + 86400000L * 40, -12219292800000L - 86400000L * 40,
    };
    static final String[] TEXTS = {
        "", " ", "x", "2024", "24", "99", "5", "05", "12", "13", "0", "-1", "+5", "60", "366", "2024-05-01", "2024-05-01 10:11:12", "5/1/2024",
        "3/4/2005 other", "05-01-2024 10:11:12", "2024-13-45 25:61:61", "2024-00-00 00:00:00", "2024-5-1 1:2:3", " 2024-05-01  10:11:12",
        "2024-05-01T10:11:12Z", "2024-05-01T10:11:12.123Z", "2024-05-01T10:11:12.123456Z", "2024-05-01T10:11:12.123+0200",
        "2024-05-01T10:11:12.123+02:00", "2024-05-01T10:11:12.123-0830", "2024-05-01T10:11:12.123 +0100", "2024-05-01T10:11:12.1",
        "2024-05-01T10:11:12.123456789", "20240501", "20240501101112", "20240501101112345", "2024050110", "202405", "240501", "2405011011",
        "10:11", "10:11:12", "24:00:00", "1:2:3", "101112", "1011", "911", "12:30 AM", "12:30 PM", "12:30 pm", "0:30 PM", "13:30 PM", "11 a", "11 AM",
        "11pm", "1230PM", "Wed", "Wednesday", "wed", "WEDNESDAY", "We", "May", "may", "MAY", "Ma", "Sept", "September", "Sep", "1 Mayor",
        "Wed May 01 10:11:12 PDT 2024", "Wed May 01 10:11:12 UTC 2024", "Wed May 01 10:11:12 GMT+02:00 2024", "Wed, 01 May 2024 10:11:12 +0000",
        "Wed, 01 May 2024 10:11:12 GMT", "Thu, 01 May 2024 10:11:12 -0500", "01/May/2024:10:11:12 +0200", "1/may/2024:1:1:1 Z", "May 01 10:11:12",
        "May  1 10:11:12", "May 1, 2024 3:04:05 PM", "01 May 2024", "1May2024", "May01", "10:00 PST", "10:00 pdt", "10:00 EST", "10:00 EDT",
        "10:00 Pacific Standard Time", "10:00 Eastern Daylight Time", "10:00 CET", "10:00 CEST", "10:00 IST", "10:00 BST", "10:00 JST", "10:00 AEST",
        "10:00 MSK", "10:00 UTC", "10:00 GMT", "10:00 gmt+3", "10:00 GMT-3:30", "10:00 GMT+0330", "10:00 GMT+25", "10:00 Z", "10:00 +0300", "10:00 +03:00",
        "10:00 -03", "10:00 America/New_York", "10:00 XYZ", "10:00 CST", "10:00 SGT", "10:00 NZDT", "10:00 WIB", "10:00 HST", "10:00 AKDT",
        "2024-07-01 10:00 EST", "2024-07-01 10:00 EDT", "2024-01-01 10:00 EDT", "2024-07-01 10:00 CET", "2024-07-01 10:00 MST", "2024-07-01 10:00 IST",
        "2024-03-10 02:30:00", "2024-11-03 01:30:00", "2024-03-31 01:30:00", "2024-03-31 02:30:00", "2024-10-27 01:30:00", "2024-10-27 02:30:00",
        "2050-03-13 02:30:00", "2050-11-06 01:30:00", "2024-02-30 00:00:00", "2023-02-29 00:00:00", "1582-10-10 00:00:00", "1582-10-04 00:00:00",
        "0001-01-01 00:00:00", "0000-01-01 00:00:00", "-0005-01-01 00:00:00", "1500-02-29 00:00:00", "10000-01-01 00:00:00", "99999-12-31 00:00:00",
        "45-01-01 00:00:00", "46-01-01 00:00:00", "47-06-01 00:00:00", "01/02/45 10:11", "01/02/46 10:11", "12/31/45 23:59", "1/2/99 1:1", "1/2/0099 1:1",
        "01/02/2024 10:11", "1.2.24", "01.02.2024", "4/05/01", "2024/05/01 10:11:12 +0530", "2024-05-01 10:11:12+01", "2024-05-01 10:11:12+0100",
        "2024-05-01 10:11:12+01:00", "2024-05-01 10:11:12Z", "2024-05-01 10:11:12z", "2024-05-01 10:11:12 +01:00", "2024-05-01 10:11:12 -00:00",
        "AD", "BC", "ad 44-03-15", "BC 44-03-15", "0044-03-15 BC", "0044-03-15 AD", "AD 2024-05-01", "2024 05 3 2 Wed", "2024 05 1 1", "2024 05 2 Tue",
        "2024 05 -1 Fri", "2024 05 0", "2024 05 6", "2024 1", "2024 18 Wed", "2024 53", "2024 0", "2024122", "2024 400", "2024 122 05 06", "2024 05 06 122",
        "2024W18-3", "2024-W18-Wed", "2020W53-7", "2024W01-9", "2024 18 3 10", "2023 01", "3 2024 18", "Wed 2024-05-02", "2024-05-02 Wed", "it's 2024",
        "'24'", "it's", "10 10 PM", "10 3 PM", "PM 3 10", "3 10 PM", "2024.05.01 AD at 10:11:12 PDT", "Wed, May 1, '24", "02024.May.01 AD 10:11 AM",
        "240501101112-0700", "2024年5月1日", "1 May 2024", "12.345", "61.5", "1e3", "1.5", "2024e0", "1,5", "12,345", "00012", "99999999999", "4294967297",
        "123456789012345678901", "2147483647", "-2147483648", "\t2024-05-01\t10:11:12", "2024-05-01\u00a010:11:12", "2024- 05- 01", "2024 -05-01",
        "2024- 5-01 10:-11:12", "2024 2023", "2023 2024", "05-01-2024", "05-01+10:11:12", "01+10:11:12", "05-01-202410:11:12", "noon", "midnight", "a", "p", "am", "1E3", "2024E0", "  GMT+03:00", "2024-05-01 10:00  GMT+03:00", "10:00  PST", "10:11  PM",
        "2024-05-01T10", "no letters at all: 1-2-3", "no letters at all: 1-2-", "10:11:12.5", "Nov 10 1:2:3", "Juneteenth", "Thurs", "Tues 1:00", "thu 1:00",
    };
    static final long NOW = 1767225600000L; // 2026-01-01

    static SimpleDateFormat make(String pattern, String zone) {
        SimpleDateFormat f = new SimpleDateFormat(pattern, Locale.US);
        f.setTimeZone(TimeZone.getTimeZone(zone));
        Calendar century = Calendar.getInstance(TimeZone.getTimeZone("UTC"), Locale.US);
        century.setTimeInMillis(NOW);
        century.add(Calendar.YEAR, -80);
        f.set2DigitYearStart(century.getTime());
        return f;
    }

    static String quote(String s) {
        return s.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n");
    }

    /** Beyond these years Java's 32-bit arithmetic overflows. */
    static final long MOST = 8640000000000000L;

    static String read(String pattern, String text, String zone) {
        if (pattern.matches("[WwF]+") && text.matches("\\d{9,}")) return null;
        ParsePosition at = new ParsePosition(0);
        Date d = make(pattern, zone).parse(text, at);
        return d == null ? "fail" : Math.abs(d.getTime()) > MOST ? null : d.getTime() + "\t" + at.getIndex();
    }

    public static void main(String[] args) throws Exception {
        Random random = new Random(1);
        try (PrintWriter written = new PrintWriter("dates_written.tsv", StandardCharsets.UTF_8);
                PrintWriter read = new PrintWriter("dates_read.tsv", StandardCharsets.UTF_8)) {
            for (String pattern : PATTERNS) {
                try {
                    new SimpleDateFormat(pattern, Locale.US);
                } catch (IllegalArgumentException e) {
                    written.println("pattern\t" + quote(pattern) + "\trefused");
                    continue;
                }
                written.println("pattern\t" + quote(pattern));
                read.println("pattern\t" + quote(pattern));
                Set<String> seen = new HashSet<>();
                List<String> texts = new ArrayList<>();
                int count = pattern.length() <= 4 ? 6 : 12;
                for (int i = 0; i < count; i++) {
                    boolean old = i % 5 == 4;
                    long ms = old ? OLD[random.nextInt(OLD.length)]
                        : java.time.Instant.parse(MOMENTS[random.nextInt(MOMENTS.length)]).toEpochMilli();
                    String zone = old ? "UTC" : ZONES[i % 3 == 0 ? 0 : random.nextInt(ZONES.length)];
                    String text = make(pattern, zone).format(new Date(ms));
                    if (seen.add(ms + zone)) written.println(ms + "\t" + zone + "\t" + quote(text));
                    texts.add(text);
                }
                seen.clear();
                // What it writes itself, as it is and spoilt a little.
                for (int i = 0; i < texts.size(); i++) {
                    String text = texts.get(i);
                    switch (i % 6) {
                        case 1: text = text.toLowerCase(); break;
                        case 2: text = " " + text + " and more"; break;
                        case 3: if (!text.isEmpty()) text = text.substring(0, random.nextInt(text.length())); break;
                        case 4: if (!text.isEmpty()) { int at = random.nextInt(text.length());
                            text = text.substring(0, at) + "7" + text.substring(at + 1); } break;
                        default:
                    }
                    String zone = ZONES[i % 2 == 0 ? 0 : random.nextInt(ZONES.length)];
                    String result = read(pattern, text, zone);
                    if (result != null && seen.add(text + zone)) read.println(quote(text) + "\t" + zone + "\t" + result);
                }
                // Texts that this pattern reads, and a few it does not.
                for (String text : TEXTS) {
                    String zone = random.nextInt(3) == 0 ? ZONES[random.nextInt(ZONES.length)] : "UTC";
                    String result = read(pattern, text, zone);
                    if (result == null) continue;
                    boolean fail = result.equals("fail");
                    boolean keep = fail ? random.nextInt(60) == 0 : random.nextInt(pattern.length() <= 4 ? 15 : 2) == 0;
                    if (keep && seen.add(text + zone)) read.println(quote(text) + "\t" + zone + "\t" + result);
                }
                // Changes of the clock.
                if (pattern.equals("yyyy-MM-dd HH:mm:ss")) {
                    for (String text : TEXTS)
                        if (text.length() == 19 && text.charAt(4) == '-')
                            for (String zone : ZONES)
                                if (text.compareTo("1901") > 0 && seen.add(text + zone))
                                    read.println(quote(text) + "\t" + zone + "\t" + read(pattern, text, zone));
                }
                // Names of zones.
                if (pattern.equals("yyyy-MM-dd HH:mm z")) {
                    Set<String> names = new LinkedHashSet<>();
                    for (String[] row : DateFormatSymbols.getInstance(Locale.US).getZoneStrings())
                        for (int i = 1; i <= 4; i++) names.add(row[i]);
                    for (String name : names)
                        for (String day : new String[] {"2024-01-15 10:00 ", "2024-07-15 10:00 "})
                            read.println(day + name + "\tUTC\t" + read(pattern, day + name, "UTC"));
                }
            }
        }
    }
}
