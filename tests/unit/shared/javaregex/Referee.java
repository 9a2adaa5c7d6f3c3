import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Says what Java makes of pairs of an expression and a text.
 *
 * <p>Each line of input is a pair: two runs of UTF-16 units in hexadecimal, four digits a unit,
 * divided by a space. Each is answered by a line of JSON: {"refused": why} when Java does not
 * compile the expression, {"failed": why} when it throws while matching, or {"result": text}, which
 * is text.replaceAll(expression, ""), with all but printable ASCII escaped.
 *
 * <p>A line "set" and an expression is answered by {"result": ranges} with the code points that the
 * expression matches by themselves, written as "first-last,..." in hexadecimal.
 */
public class Referee {
    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.US_ASCII);
        BufferedReader in = new BufferedReader(
            new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.isEmpty()) {
                out.flush();
                continue;
            }
            String[] parts = line.split(" ", -1);
            out.println(parts[0].equals("set") ? members(decode(parts[1]))
                                               : answer(decode(parts[0]), decode(parts[1])));
        }
        out.flush();
    }

    private static String answer(String expression, String text) {
        Pattern pattern;
        try {
            pattern = Pattern.compile(expression);
        } catch (PatternSyntaxException e) {
            return member("refused", e.getDescription());
        } catch (RuntimeException | Error e) {
            return member("refused", e.toString());
        }
        String[] reply = new String[1];
        Thread thread = new Thread(null, () -> {
            try {
                reply[0] = member("result", pattern.matcher(text).replaceAll(""));
            } catch (RuntimeException | Error e) {
                reply[0] = member("failed", e.toString());
            }
        }, "match", 1 << 24);
        thread.setDaemon(true);
        thread.start();
        try {
            thread.join(2000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return reply[0] == null ? member("failed", "timeout") : reply[0];
    }

    private static String members(String expression) {
        try {
            return member("result", ranges(Pattern.compile(expression)));
        } catch (PatternSyntaxException e) {
            return member("refused", e.getDescription());
        } catch (RuntimeException e) {
            return member("failed", e.toString());
        }
    }

    private static String ranges(Pattern pattern) {
        Matcher matcher = pattern.matcher("");
        StringBuilder ranges = new StringBuilder();
        int start = -1;
        for (int c = 0; c <= Character.MAX_CODE_POINT + 1; c++) {
            boolean in = c <= Character.MAX_CODE_POINT
                && matcher.reset(Character.toString(c)).matches();
            if (in && start < 0)
                start = c;
            if (!in && start >= 0) {
                ranges.append(ranges.length() == 0 ? "" : ",").append(Integer.toHexString(start))
                    .append('-').append(Integer.toHexString(c - 1));
                start = -1;
            }
        }
        return ranges.toString();
    }

    private static String decode(String units) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < units.length(); i += 4)
            text.append((char) Integer.parseInt(units.substring(i, i + 4), 16));
        return text.toString();
    }

    private static String member(String key, String value) {
        StringBuilder text = new StringBuilder("{\"").append(key).append("\": \"");
        for (char c : value.toCharArray()) {
            if (c < 0x20 || c > 0x7E || c == '"' || c == '\\')
                text.append(String.format("\\u%04x", (int) c));
            else
                text.append(c);
        }
        return text.append("\"}").toString();
    }
}
