import com.sun.source.util.JavacTask;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * What javac's parser says of texts: a line "NAME BYTES" and the text on standard input, a line of
 * errors, with a tab between two, as the answer.
 */
class JavaJudge {
    static class Text extends SimpleJavaFileObject {
        private final String text;

        Text(String text) {
            super(URI.create("string:///A.java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    static String errorsOf(String text) throws IOException {
        var found = new DiagnosticCollector<JavaFileObject>();
        var task = (JavacTask) ToolProvider.getSystemJavaCompiler().getTask(null, null, found,
                List.of("-Xmaxerrs", "0"), null, List.of(new Text(text)));
        task.parse();
        return found.getDiagnostics().stream()
                .filter(one -> one.getKind() == Diagnostic.Kind.ERROR)
                .map(one -> "line " + one.getLineNumber() + ": " + one.getMessage(null))
                .map(message -> message.replace('\n', ' '))
                .collect(Collectors.joining("\t"));
    }

    @SuppressWarnings("deprecation")  // readLine, which reads no further than the line
    public static void main(String[] args) throws IOException {
        var in = new DataInputStream(new BufferedInputStream(System.in));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            byte[] text = in.readNBytes(Integer.parseInt(line.split(" ")[1]));
            System.out.println(errorsOf(new String(text, StandardCharsets.UTF_8)));
        }
    }
}
