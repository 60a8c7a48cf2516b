import com.sun.source.util.JavacTask;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** What javac's parser says of the text on standard input, a line for each error. */
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

    public static void main(String[] args) throws Exception {
        String text = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
        var found = new DiagnosticCollector<JavaFileObject>();
        var compiler = ToolProvider.getSystemJavaCompiler();
        var task = (JavacTask) compiler.getTask(null, null, found, List.of("-Xmaxerrs", "0"), null,
                List.of(new Text(text)));
        task.parse();
        int errors = 0;
        for (var one : found.getDiagnostics()) {
            if (one.getKind() == Diagnostic.Kind.ERROR) {
                System.err.println("line " + one.getLineNumber() + ": " + one.getMessage(null));
                errors++;
            }
        }
        System.exit(errors == 0 ? 0 : 1);
    }
}
