// Writes formats.tsv: what java.util.Formatter makes of format texts and arguments.
// usage: java -Duser.timezone=UTC Formats.java   (JDK 17; in this folder)
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.*;

public class Formats {
    static final Long[] LONGS = {0L, 1L, -1L, 7L, 42L, -42L, 100L, 999L, 1000L, 1234567L, -1234567L, 4294967295L, 1099511627776L,
        Long.MAX_VALUE, Long.MIN_VALUE, 65L, 255L, -256L, 1714521600000L};
    static final Double[] DOUBLES = {0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2.5, 0.25, 0.35, -0.25, 1.005, 2.675, 0.1, 1.0 / 3, -2.0 / 3, 0.045,
        9.995, 99.995, 999.9999999, 0.05, 0.049999, 0.5000001, 123456.789, 1234567.891, 12345678.9, 0.001, 0.0001, 0.00001234, 0.000099999,
        1e-7, 1e-10, 123456789012.0, 1e15, 1e16, 1e20, 1.5e300, -1e-300, 9007199254740993.0, 3.14159265358979, 100.0, 1e5, 999999.5,
        99999.95, 0.999999999, 0.0099999999, 6.02214076e23, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 45.6, 7.125, 8.375, 1e2};
    static final String[] TEXTS = {"", "a", "hello", "Hello World", "straße", "日本", "true", "x y  z", "%s", "0", "ÄÖü"};
    static final Boolean[] BOOLEANS = {true, false};
    static final String[] FLAGS = {"", "", "", "-", "0", "+", " ", ",", "(", "#", "-,", "0,", "+,", "(,", "0(", "0+", "0(,", " ,", "+0,", "-+", "-#", "0#", "- ", "-(,",
        "++", "+ ", "-0", ",("};
    static final String[] WIDTHS = {"", "", "1", "5", "8", "12", "20", "30"};
    static final String[] PRECISIONS = {"", "", "", ".0", ".1", ".2", ".3", ".6", ".10", ".20"};
    /** Formats with arguments of their own. */
    static final Object[][] CASES = {
        {"%s/%s", "a", "b"}, {"%s"}, {"%s %s", "a"}, {"%2$s %1$s", "a", "b"}, {"%1$s %1$s %s %s", "a", "b"}, {"%<s", "a"}, {"%s %<s %s", "a", "b"},
        {"%3$s", "a", "b"}, {"%0$s", "a"}, {"%1$", "a"}, {"%", "a"}, {"%%"}, {"%5%|"}, {"%-5%|"}, {"%n"}, {"%5n"}, {"100%"}, {"%y", "a"}, {"%q", "a"},
        {"% d", 5L}, {"%d%%", 7L}, {"$%,.2f", 1234567.891}, {"%.0f-%.0f", 1.5, 2.5}, {">%6.0f", 12.0}, {"%6.0f-%6.0f", 1.0, 123456789.0},
        {"%s Days, %s Hrs, %s Min, %s Sec", 1L, 2L, 3L, 4L}, {"%.2f KB", 12.345}, {"min: %f\nmax: %f", 1.0, 2.0}, {"%016X", 4919L}, {"%08.2f", -3.14159},
        {"%-10s|%10s|", "left", "right"}, {"%.3s|", "abcdef"}, {"%10.3s|", "abcdef"}, {"%-10.3s|", "abcdef"}, {"%05d", 42L}, {"%+d", 42L}, {"%,d", 1234567L},
        {"%(d", -42L}, {"%x", -1L}, {"%o", -1L}, {"%#x", 255L}, {"%#o", 8L}, {"%#X", 255L}, {"%#010x", 255L}, {"%c", 65L}, {"%C", 97L}, {"%5c|", 65L},
        {"%b", true}, {"%B", "x"}, {"%.2b", true}, {"%h", "hello"}, {"%H", "hello"}, {"%h", 42L}, {"%h", 1.5}, {"%h", true}, {"%5.1h|", "hello"},
        {"%e", 12345.6789}, {"%.3E", 12345.6789}, {"%g", 12345.6789}, {"%g", 0.0001}, {"%g", 123456789.0}, {"%.3g", 0.00001234}, {"%a", 1.0}, {"%a", 0.1},
        {"%.3a", 0.1}, {"%A", -255.5}, {"%a", 0.0}, {"%20a", 1.5}, {"%s", 100L}, {"%-5d|", 42L}, {"%5d|", 42L}, {"% 5d|", 42L}, {"%s %d", "n", 3L},
        {"%d", 1.5}, {"%$s", "a"}, {"%1$5s|", "a"}, {"%1$-5s|", "a"}, {"%-s", "a"}, {"%0d", 5L}, {"%.2d", 5L}, {"%.1c", 65L}, {"%#s", "a"}, {"%,s", "a"},
        {"%,x", 5L}, {"%+x", 5L}, {"%,e", 5.0}, {"%#g", 5.0}, {"%#d", 5L}, {"%#f", 5.0}, {"%#.0f", 5.0}, {"%#.0e", 5.0}, {"%5%%5%"}, {"%.1%"}, {"%.f", 1.0}, {"%.-1f", 1.0},
        {"% s", "a"}, {"%+s", "a"}, {"%(s", "a"}, {"%0s", "a"}, {"%05s", "a"}, {"%tY", 0L}, {"%s%", "a"}, {"%s %", "a"}, {"%2$s", "a", "b"}, {"%-05d", 4L}, {"%S", "straße"},
        {"%+,.2f", 1e9}, {"%(,.2f", -1e9}, {"%010.3e", 1234.5}, {"%-12.3e|", 1234.5}, {"%+.1e", 0.0}, {"%08d", -42L}, {"%(08d", -42L}, {"%,015d", 1234567L}, {"%,015.2f", -1234567.8},
    };
    static final String DATES = "HIklMSLNpzZsQBbhAaCYyjmdeRTrDFc";
    static final Long[] MOMENTS = {0L, 1714521605007L, -1L, 1704067199999L, 1719999999000L, -62135596800000L, 253402300799999L, 1709210096050L};

    static String quote(String s) {
        return s.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n");
    }

    static void line(PrintWriter out, Set<String> seen, String format, Object... args) {
        String result;
        try {
            result = "=" + quote(String.format(Locale.US, format, args));
        } catch (IllegalFormatConversionException e) {
            // Types: not all of them are the same here.
            return;
        } catch (IllegalFormatException e) {
            result = "error";
        }
        StringBuilder b = new StringBuilder(quote(format));
        for (Object a : args) b.append('\t').append(a.getClass().getSimpleName().charAt(0)).append(quote(a.toString()));
        if (seen.add(b.toString())) out.println(b + "\t" + result);
    }

    public static void main(String[] unused) throws Exception {
        Random random = new Random(2);
        Set<String> seen = new HashSet<>();
        try (PrintWriter out = new PrintWriter("formats.tsv", StandardCharsets.UTF_8)) {
            for (Object[] c : CASES) line(out, seen, (String) c[0], Arrays.copyOfRange(c, 1, c.length));
            for (int i = 0; i < 3200; i++) {
                String flags = FLAGS[random.nextInt(FLAGS.length)], width = WIDTHS[random.nextInt(WIDTHS.length)];
                String precision = PRECISIONS[random.nextInt(PRECISIONS.length)];
                // Most should not end in an error.
                if (width.isEmpty() && (flags.contains("-") || flags.contains("0")) && random.nextInt(8) > 0) width = "12";
                char c = "ddddffffffeeEggGxXosSbch".charAt(random.nextInt(24));
                if ("dxXoc".indexOf(c) >= 0 && random.nextInt(10) > 0) precision = "";
                if ("xXo".indexOf(c) >= 0 && random.nextInt(8) > 0) flags = flags.replaceAll("[+ ,(]", "");
                if ("sSbch".indexOf(c) >= 0 && random.nextInt(8) > 0) flags = flags.replaceAll("[^-]", "");
                if ("eEgG".indexOf(c) >= 0 && random.nextInt(8) > 0) flags = flags.replaceAll("[,#]", "");
                Object arg = "dxXo".indexOf(c) >= 0 ? LONGS[random.nextInt(LONGS.length)]
                    : "feEgG".indexOf(c) >= 0 ? DOUBLES[random.nextInt(DOUBLES.length)]
                    : c == 'c' ? (Object) (long) (32 + random.nextInt(300))
                    : c == 'b' ? (random.nextBoolean() ? BOOLEANS[random.nextInt(2)] : TEXTS[random.nextInt(TEXTS.length)])
                    : TEXTS[random.nextInt(TEXTS.length)];
                if (c == 'c') {
                    // Java's %c takes no long: what it makes of an int is what is wanted.
                    try {
                        String f = "%" + flags + width + precision + c;
                        String r = String.format(Locale.US, f, ((Long) arg).intValue());
                        if (seen.add(f + arg)) out.println(f + "\tL" + arg + "\t=" + quote(r));
                    } catch (IllegalFormatException e) { }
                    continue;
                }
                line(out, seen, "%" + flags + width + precision + c, arg);
            }
            // Random numbers.
            for (int i = 0; i < 600; i++) {
                double d = (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(24) - 8);
                if (random.nextBoolean()) d = Math.round(d * 1000) / 1000.0;
                String f = "%" + new String[] {".0f", ".1f", ".2f", ".3f", ",.2f", "f", "e", ".2e", "g", ".3g", ".12f"}[random.nextInt(11)];
                line(out, seen, f, d);
            }
            for (char c : DATES.toCharArray())
                for (Long moment : MOMENTS) line(out, seen, (random.nextInt(4) == 0 ? "%T" : "%t") + c, moment);
            for (String f : new String[] {"%tY-%<tm-%<td", "%1$tH:%1$tM", "%10tY|", "%-10tY|", "%.2tY", "%tJ", "%t", "%0tY", "%,tY", "%20tc|"}) line(out, seen, f, MOMENTS[1]);
        }
    }
}
