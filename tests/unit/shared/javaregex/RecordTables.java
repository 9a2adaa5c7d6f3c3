import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;

/**
 * Prints what this JDK knows about Unicode and its regular expressions depend on, as one JSON
 * object: the content of shared/javaregex/tables.json.
 *
 * <pre>
 * java --add-opens java.base/java.lang=ALL-UNNAMED \
 *      --add-opens java.base/java.util.regex=ALL-UNNAMED \
 *      tests/unit/shared/javaregex/RecordTables.java > shared/javaregex/tables.json
 * </pre>
 *
 * A set of code points is written as numbers in base 36, by turns the gap since the last range and
 * the length of the next one. A case mapping is written as runs "start length step delta".
 */
public class RecordTables {
    private static final int LAST = Character.MAX_CODE_POINT;
    private static final String[] CATEGORIES = {
        "Cn", "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Me", "Mc", "Nd", "Nl", "No", "Zs", "Zl", "Zp",
        "Cc", "Cf", "", "Co", "Cs", "Pd", "Ps", "Pe", "Pc", "Po", "Sm", "Sc", "Sk", "So", "Pi",
        "Pf",
    };
    private static final String[] CLUSTER_TYPES = {
        "OTHER", "CR", "LF", "CONTROL", "EXTEND", "ZWJ", "RI", "PREPEND", "SPACINGMARK", "L", "V",
        "T", "LV", "LVT", "EXTENDED_PICTOGRAPHIC",
    };

    public static void main(String[] arguments) throws Exception {
        Map<String, String> sections = new TreeMap<>();
        sections.put("java", quote(System.getProperty("java.version")));
        sections.put("category", object(categories()));
        sections.put("binary", object(binaryProperties()));
        sections.put("script", object(scripts()));
        sections.put("script_names", object(scriptNames()));
        sections.put("block", object(blocks()));
        sections.put("block_names", object(blockNames()));
        sections.put("cluster", object(clusterTypes()));
        sections.put("named_by_block", quote(set(RecordTables::isNamedByBlock)));
        sections.put("control_names", object(controlNames()));
        sections.put("upper", quote(mapping(Character::toUpperCase)));
        sections.put("lower", quote(mapping(Character::toLowerCase)));
        System.out.println(object(sections));
    }

    private static Map<String, String> categories() {
        Map<String, String> sets = new TreeMap<>();
        for (int type = 0; type < CATEGORIES.length; type++) {
            final int wanted = type;
            if (!CATEGORIES[type].isEmpty())
                sets.put(CATEGORIES[type], quote(set(c -> Character.getType(c) == wanted)));
        }
        return sets;
    }

    private static Map<String, String> binaryProperties() {
        Map<String, String> sets = new TreeMap<>();
        sets.put("LowerCase", quote(set(Character::isLowerCase)));
        sets.put("UpperCase", quote(set(Character::isUpperCase)));
        sets.put("Alphabetic", quote(set(Character::isAlphabetic)));
        sets.put("Ideographic", quote(set(Character::isIdeographic)));
        sets.put("JavaIdentifierStart", quote(set(Character::isJavaIdentifierStart)));
        sets.put("JavaIdentifierPart", quote(set(Character::isJavaIdentifierPart)));
        sets.put("UnicodeIdentifierStart", quote(set(Character::isUnicodeIdentifierStart)));
        sets.put("UnicodeIdentifierPart", quote(set(Character::isUnicodeIdentifierPart)));
        sets.put("IdentifierIgnorable", quote(set(Character::isIdentifierIgnorable)));
        sets.put("Whitespace", quote(set(Character::isWhitespace)));
        sets.put("Mirrored", quote(set(Character::isMirrored)));
        return sets;
    }

    private static Map<String, String> scripts() {
        Map<String, String> sets = new TreeMap<>();
        for (Character.UnicodeScript script : Character.UnicodeScript.values())
            sets.put(script.name(), quote(set(c -> Character.UnicodeScript.of(c) == script)));
        return sets;
    }

    private static Map<String, String> scriptNames() throws Exception {
        Field aliases = Character.UnicodeScript.class.getDeclaredField("aliases");
        aliases.setAccessible(true);
        Map<String, String> names = new TreeMap<>();
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) aliases.get(null)).entrySet())
            names.put((String) entry.getKey(),
                      quote(((Character.UnicodeScript) entry.getValue()).name()));
        return names;
    }

    private static Map<String, String> blocks() throws Exception {
        Map<String, List<int[]>> ranges = new TreeMap<>();
        for (String name : blockNamesByAlias().values())
            ranges.put(name, new ArrayList<>());
        String before = null;
        for (int c = 0; c <= LAST; c++) {
            Character.UnicodeBlock block = Character.UnicodeBlock.of(c);
            String name = block == null ? null : block.toString();
            if (name != null && !name.equals(before))
                ranges.get(name).add(new int[] {c, c});
            else if (name != null)
                ranges.get(name).get(ranges.get(name).size() - 1)[1] = c;
            before = name;
        }
        Map<String, String> sets = new TreeMap<>();
        ranges.forEach((name, list) -> sets.put(name, quote(encode(list))));
        return sets;
    }

    private static Map<String, String> blockNames() throws Exception {
        Map<String, String> names = new TreeMap<>();
        blockNamesByAlias().forEach((alias, name) -> {
            if (!alias.equals(name))
                names.put(alias, quote(name));
        });
        return names;
    }

    private static Map<String, String> blockNamesByAlias() throws Exception {
        Field map = Character.UnicodeBlock.class.getDeclaredField("map");
        map.setAccessible(true);
        Map<String, String> names = new TreeMap<>();
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) map.get(null)).entrySet())
            names.put((String) entry.getKey(), entry.getValue().toString());
        return names;
    }

    private static Map<String, String> clusterTypes() throws Exception {
        Method getType = Class.forName("java.util.regex.Grapheme")
            .getDeclaredMethod("getType", int.class);
        getType.setAccessible(true);
        int[] types = new int[LAST + 1];
        for (int c = 0; c <= LAST; c++)
            types[c] = (int) getType.invoke(null, c);
        Map<String, String> sets = new TreeMap<>();
        for (int type = 1; type < CLUSTER_TYPES.length; type++) {
            final int wanted = type;
            sets.put(CLUSTER_TYPES[type], quote(set(c -> types[c] == wanted)));
        }
        return sets;
    }

    private static boolean isNamedByBlock(int c) {
        String name = Character.getName(c);
        return name != null && name.endsWith(" " + Integer.toHexString(c).toUpperCase());
    }

    private static Map<String, String> controlNames() {
        Map<String, String> names = new TreeMap<>();
        for (int c = 0; c <= 0xFF; c++)
            if (Character.getType(c) == Character.CONTROL && !isNamedByBlock(c))
                names.put(Character.getName(c), quote(Integer.toHexString(c)));
        return names;
    }

    private static String mapping(IntUnaryOperator map) {
        StringBuilder text = new StringBuilder();
        List<Integer> changed = new ArrayList<>();
        for (int c = 0; c <= LAST; c++)
            if (map.applyAsInt(c) != c)
                changed.add(c);
        for (int i = 0, j; i < changed.size(); i = j) {
            int start = changed.get(i);
            int delta = map.applyAsInt(start) - start;
            int step = i + 1 < changed.size() ? changed.get(i + 1) - start : 1;
            step = step <= 2 ? step : 1;
            for (j = i + 1; j < changed.size(); j++) {
                int c = changed.get(j);
                if (c - changed.get(j - 1) != step || map.applyAsInt(c) - c != delta)
                    break;
            }
            text.append(text.length() == 0 ? "" : " ").append(base36(start)).append(' ')
                .append(base36(j - i)).append(' ').append(step).append(' ').append(base36(delta));
        }
        return text.toString();
    }

    private static String set(IntPredicate member) {
        List<int[]> ranges = new ArrayList<>();
        for (int c = 0; c <= LAST; c++) {
            if (!member.test(c))
                continue;
            int start = c;
            while (c < LAST && member.test(c + 1))
                c++;
            ranges.add(new int[] {start, c});
        }
        return encode(ranges);
    }

    private static String encode(List<int[]> ranges) {
        StringBuilder text = new StringBuilder();
        int position = 0;
        for (int[] range : ranges) {
            text.append(text.length() == 0 ? "" : " ").append(base36(range[0] - position))
                .append(' ').append(base36(range[1] + 1 - range[0]));
            position = range[1] + 1;
        }
        return text.toString();
    }

    private static String base36(int number) {
        return Integer.toString(number, 36);
    }

    private static String quote(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static String object(Map<String, String> members) {
        StringBuilder text = new StringBuilder();
        members.forEach((key, value) -> text.append(text.length() == 0 ? "{" : ",\n")
            .append(quote(key)).append(": ").append(value));
        return text.append('}').toString();
    }
}
